import { userError, type Logger } from '@headwater/kernel';
import type { LineageStore } from '@headwater/core-staging';
import { toKafkaSettings } from '@headwater/platform-config';
import type { Metrics } from '@headwater/platform-observability';
import type { Environment } from '../environment.ts';
import { startLineageSender } from './lineage-sender.ts';
import { fileTransport, httpTransport, kafkaTransport, type LineageTransport } from './lineage-transport.ts';

/** Begins to tell lineage when a transport is named. Throws a user error naming the variable that is missing. */
export function startLineage(
  environment: Environment,
  store: LineageStore,
  tools: { readonly logger: Logger; readonly metrics: Metrics },
): { close(): Promise<void> } {
  const transport = openTransport(environment);
  if (transport === undefined) return { close: () => Promise.resolve() };
  const [broker = ''] = toKafkaSettings(environment).bootstrapServers;
  return startLineageSender({
    store,
    transport,
    settings: {
      namespace: environment.OPENLINEAGE_NAMESPACE,
      broker,
      producer: 'https://headwater.dev/staging-worker/0.1.0',
      intervalMs: environment.OPENLINEAGE_INTERVAL,
    },
    tools,
  });
}

function openTransport(environment: Environment): LineageTransport | undefined {
  const needed = (name: 'OPENLINEAGE_FILE' | 'OPENLINEAGE_URL' | 'OPENLINEAGE_TOPIC'): string => {
    const value = environment[name];
    if (value !== undefined) return value;
    throw userError({
      code: 'HW_CONFIG_INVALID',
      message: `OPENLINEAGE_TRANSPORT is ${environment.OPENLINEAGE_TRANSPORT}, and ${name} is not set.`,
      fix: `Set ${name}, or OPENLINEAGE_TRANSPORT=off.`,
    });
  };
  switch (environment.OPENLINEAGE_TRANSPORT) {
    case 'off':
      return undefined;
    case 'file':
      return fileTransport(needed('OPENLINEAGE_FILE'));
    case 'http':
      return httpTransport(needed('OPENLINEAGE_URL'), environment.OPENLINEAGE_API_KEY);
    case 'kafka':
      return kafkaTransport(toKafkaSettings(environment), needed('OPENLINEAGE_TOPIC'));
  }
}

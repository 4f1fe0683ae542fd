import { setTimeout as sleep } from 'node:timers/promises';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { readLines } from '../input/standard-input.ts';
import { topicOf } from '../input/topic-name.ts';
import { formatCount } from '../output/format-values.ts';
import { printRecord } from '../output/listing.ts';

export interface ProduceOptions {
  /** File of JSON lines, `-` for standard input. */
  readonly file: string;
  /** Member of the JSON object to use as record key. */
  readonly key?: string;
  readonly rate?: number;
}

/** Sends each line as one record value, byte for byte; a line that is not JSON is sent too, as a broken producer would. */
export async function produce(
  context: CommandContext,
  product: string,
  { file, key, rate }: ProduceOptions,
  stopped: AbortSignal,
): Promise<ExitCode> {
  const topic = await topicOf(context, product);
  const producer = await createDomainProducer({ settings: kafkaSettings(context.environment), topic });
  const startedMs = performance.now();
  let taken = 0;
  try {
    for await (const line of readLines(file)) {
      if (stopped.aborted) break;
      await producer.send({ value: line, ...keyOf(line, key) });
      taken++;
      const earlyMs = rate === undefined ? 0 : (taken * 1000) / rate - (performance.now() - startedMs);
      if (earlyMs > 5) await sleep(earlyMs, undefined, { signal: stopped }).catch(() => undefined);
    }
    await producer.flush();
  } finally {
    await producer.close();
  }
  const records = producer.acknowledgedCount();
  const partitions = producer
    .acknowledged()
    .map(({ partition, from, to }) => ({ partition, from: String(from), to: String(to) }));
  printRecord(context.terminal, context.format(), { topic, records, partitions }, () =>
    context.messages.produced(formatCount(records), topic),
  );
  return exitCode.ok;
}

function keyOf(line: string, member: string | undefined): { readonly key?: string } {
  if (member === undefined) return {};
  try {
    const value = (JSON.parse(line) as Record<string, unknown>)[member];
    return value === undefined || value === null ? {} : { key: String(value) };
  } catch {
    return {};
  }
}

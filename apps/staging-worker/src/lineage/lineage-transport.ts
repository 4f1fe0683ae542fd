import { open } from 'node:fs/promises';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import type { LineageEvent } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';

/** Where events go. Resolves when the receiver has them; throws when it may not. */
export interface LineageTransport {
  send(events: readonly LineageEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** One JSON object a line, on disk when it resolves. */
export const fileTransport = (path: string): LineageTransport => ({
  async send(events) {
    const file = await open(path, 'a');
    try {
      await file.appendFile(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
  },
  close: () => Promise.resolve(),
});

const answerMsMax = 5_000;

/** One POST per event, as receivers of OpenLineage take them. */
export const httpTransport = (url: string, apiKey: string | undefined): LineageTransport => ({
  async send(events) {
    for (const event of events) await post(url, apiKey, event);
  },
  close: () => Promise.resolve(),
});

async function post(url: string, apiKey: string | undefined, event: LineageEvent): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(event),
    redirect: 'error',
    signal: AbortSignal.timeout(answerMsMax),
  });
  await response.body?.cancel();
  if (response.ok) return;
  throw operationalError({
    code: 'HW_LINEAGE_REFUSED',
    message: `The receiver of lineage answered ${response.status}.`,
    fix: 'Look at OPENLINEAGE_URL and OPENLINEAGE_API_KEY; events are kept and sent again.',
    canRetry: true,
  });
}

type ProducerSettings = Parameters<typeof createDomainProducer>[0]['settings'];

/** Keyed by job, so that the events of one job stay in order. The connection is made with the first event. */
export function kafkaTransport(settings: ProducerSettings, topic: string): LineageTransport {
  let producer: ReturnType<typeof createDomainProducer> | undefined;
  return {
    async send(events) {
      producer ??= createDomainProducer({ settings, topic });
      try {
        const connected = await producer;
        await Promise.all(
          events.map((event) => connected.send({ key: event.job.name, value: JSON.stringify(event) })),
        );
      } catch (error) {
        const broken = producer;
        producer = undefined;
        await broken.then((each) => each.close()).catch(() => undefined);
        throw error;
      }
    },
    close: async () => void (await producer?.then((each) => each.close()).catch(() => undefined)),
  };
}

import type { RetentionPromise } from '@headwater/core-mesh';

const segmentMsMax = 86_400_000;

/** The topic settings that a promise compiles to. */
export function compileRetention({ mode, periodMs }: RetentionPromise): Readonly<Record<string, string>> {
  const common = { 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime' };
  return mode === 'staging-first'
    ? { ...common, 'retention.ms': '-1', 'retention.bytes': '-1' }
    : {
        ...common,
        'retention.ms': String(periodMs),
        'retention.bytes': '-1',
        'segment.ms': String(Math.min(segmentMsMax, Math.max(60_000, Math.floor(periodMs / 10)))),
      };
}

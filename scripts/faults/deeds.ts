import { brokerKill, brokerOtherLeader, offsetsExpired, topicRecreated } from './broker-deeds.ts';
import type { FaultKind } from './cell.ts';
import type { Deed } from './deed.ts';
import { clockJump, diskFull, killApi, killWorker, outOfMemory, stopWorker } from './process-deeds.ts';
import {
  connectionReset,
  postgresRestart,
  redisFlush,
  redisKill,
  redisRefuses,
  redisSlow,
} from './server-deeds.ts';
import { atStore, isCommit, isPut } from './store-deeds.ts';

/** What each kind does; undefined for kinds another scene carries out. */
export const deeds: Readonly<Partial<Record<FaultKind, Deed>>> = {
  'kill-worker': killWorker,
  'kill-api': killApi,
  'stop-worker': stopWorker,
  'out-of-memory': outOfMemory,
  'disk-full': diskFull,
  'redis-kill': redisKill,
  'redis-flush': redisFlush,
  'redis-refuses-writes': redisRefuses,
  'redis-slow': redisSlow,
  'postgres-restart': postgresRestart,
  'connection-reset': connectionReset,
  'broker-kill': brokerKill,
  'broker-other-leader': brokerOtherLeader,
  'topic-recreated': topicRecreated,
  'offsets-expired': offsetsExpired,
  'clock-jump': clockJump,
  's3-500-burst': atStore({
    faults: ['answer-500', 'answer-503', 'answer-500-after-effect', 'answer-503-after-effect'],
    fits: () => true,
    times: 6,
  }),
  's3-success-then-timeout': atStore({
    faults: ['timeout-after-effect', 'reset-after-effect'],
    fits: isCommit,
    times: 1,
  }),
  's3-reset-mid-body': atStore({ faults: ['reset-mid-body'], fits: isPut, times: 3 }),
  's3-conflict-storm': atStore({ faults: ['answer-412', 'answer-409'], fits: isCommit, times: 4 }),
};

import { createCheckpointFiles, openDatabase } from '@headwater/adapter-parquet';
import { s3ServerMissing, startS3FaultProxy, startS3Server } from '@headwater/testkit';
import { describe, expect, test } from 'vitest';
import { runAmbiguousTrials } from '../../scripts/s3-trials/ambiguous.ts';
import { raceForVersions } from '../../scripts/s3-trials/race.ts';

const missing = s3ServerMissing();

describe.skipIf(missing !== undefined)(
  `commits to a real S3 store${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    test('[S6] lost answers of every case double nothing and fail nothing falsely; every version of a race has one winner', async () => {
      await using server = await startS3Server();
      await using proxy = await startS3FaultProxy(server.endpoint);
      const database = await openDatabase({ threads: 1, memoryMiB: 256 });
      const checkpointFiles = createCheckpointFiles(database);
      const limits = { answerMsMax: 500, sendsMax: 4, backOffMs: 5, backOffMsMax: 40 };
      const [faulty, direct, first, second] = [
        server.connect({ endpoint: proxy.endpoint }, limits),
        server.connect(),
        server.connect(),
        server.connect(),
      ];
      const store = { bucket: server.bucket, proxy, faulty, direct, checkpointFiles };
      const counts = await runAmbiguousTrials(store, { trials: 90, seed: 7, parallel: 4 });
      for (const [name, { trials, ...problems }] of counts) {
        expect([name, trials, problems]).toEqual([
          name,
          10,
          { doubled: 0, falselyFailed: 0, falselyCommitted: 0, notFired: 0 },
        ]);
      }
      expect([...proxy.fired.values()].reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(90);
      const race = await raceForVersions(server.bucket, [first, second], checkpointFiles, 50);
      expect(race).toMatchObject({ versions: 50, wrong: 0 });
      for (const each of [faulty, direct, first, second]) each.close();
      database.close();
    });
  },
);

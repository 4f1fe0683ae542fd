import { createCheckpointFiles, openDatabase } from '@headwater/adapter-parquet';
import { s3ServerMissing, startS3FaultProxy, startS3Server } from '@headwater/testkit';
import { parseArgs } from 'node:util';
import { runAmbiguousTrials, type CaseCount, type TrialStore } from './ambiguous.ts';
import { raceForVersions } from './race.ts';

const { values } = parseArgs({
  options: {
    ambiguous: { type: 'string', default: '10000' },
    race: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '16' },
  },
});
const numberOf = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a whole number, not ${values[name]}\n`);
  process.exit(2);
};
const [trials, versions, seed, parallel] = [
  numberOf('ambiguous'),
  numberOf('race'),
  numberOf('seed'),
  numberOf('parallel'),
];

const missing = s3ServerMissing();
if (missing !== undefined) {
  process.stderr.write(`The trials need the S3 server of the tests: ${missing}.\n`);
  process.exit(1);
}
const startedMs = performance.now();
await using server = await startS3Server();
await using proxy = await startS3FaultProxy(server.endpoint);
const database = await openDatabase({ threads: 1, memoryMiB: 512 });
const checkpointFiles = createCheckpointFiles(database);
const limits = { answerMsMax: 500, sendsMax: 4, backOffMs: 5, backOffMsMax: 40 };
const faulty = server.connect({ endpoint: proxy.endpoint }, limits);
const direct = server.connect();
const store: TrialStore = { bucket: server.bucket, proxy, faulty, direct, checkpointFiles };

process.stdout.write(`seed ${seed}: ${trials} ambiguous commits, ${parallel} tables at the same time\n`);
const counts = await runAmbiguousTrials(store, {
  trials,
  seed,
  parallel,
  onProgress: (done) => {
    if (done % 1000 === 0) process.stderr.write(`${done} of ${trials}\n`);
  },
});
const ambiguousSeconds = secondsSince(startedMs);
process.stdout.write(`${tableOf(counts)}\n`);
process.stdout.write(
  `faults that took place: ${[...proxy.fired]
    .sort()
    .map(([fault, times]) => `${fault} ${times}`)
    .join(', ')}\n`,
);

const raceStartedMs = performance.now();
const others = [server.connect(), server.connect()] as const;
const race = await raceForVersions(server.bucket, others, checkpointFiles, versions);
process.stdout.write(
  `race: ${race.versions} versions, ${race.wins.join(' + ')} commits, ${race.lostRaces} lost races, ${race.wrong} versions without exactly one winner\n`,
);
for (const connection of [faulty, direct, ...others]) connection.close();
database.close();

const sum = (field: keyof CaseCount) => [...counts.values()].reduce((total, each) => total + each[field], 0);
const result = {
  seed,
  ambiguous: sum('trials'),
  doubled: sum('doubled'),
  falselyFailed: sum('falselyFailed'),
  falselyCommitted: sum('falselyCommitted'),
  notFired: sum('notFired'),
  faults: Object.fromEntries(proxy.fired),
  ambiguousSeconds,
  raceVersions: race.versions,
  raceWrong: race.wrong,
  raceLost: race.lostRaces,
  raceSeconds: secondsSince(raceStartedMs),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
const { doubled, falselyFailed, falselyCommitted, notFired, raceWrong } = result;
process.exitCode = doubled + falselyFailed + falselyCommitted + notFired + raceWrong === 0 ? 0 : 1;

function tableOf(rows: ReadonlyMap<string, CaseCount>): string {
  const columns = ['trials', 'doubled', 'falselyFailed', 'falselyCommitted', 'notFired'] as const;
  const line = (name: string, cells: readonly (string | number)[]) =>
    [name.padEnd(28), ...cells.map((cell) => String(cell).padStart(17))].join('');
  return [
    line('case', columns),
    ...[...rows].map(([name, row]) =>
      line(
        name,
        columns.map((each) => row[each]),
      ),
    ),
  ].join('\n');
}

function secondsSince(ms: number): number {
  return Math.round((performance.now() - ms) / 100) / 10;
}

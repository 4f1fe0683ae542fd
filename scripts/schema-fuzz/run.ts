// node scripts/schema-fuzz/run.ts [--pairs 2000] [--seed 1] [--show 3]: our verdicts beside those of a running registry.
import { judgeCompatibility, type SchemaType } from '@headwater/core-schema';
import {
  askRegistry,
  generateAvroPair,
  generateJsonSchemaPair,
  generateProtobufPair,
  startPrivatePart,
  type RegistryVerdict,
  type SchemaPair,
} from '@headwater/testkit';
import { parseArgs } from 'node:util';
import { createCounts } from './counts.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '1' },
    type: { type: 'string' },
    parallel: { type: 'string', default: '6' },
  },
});
const [pairs, seed, show, parallel] = [values.pairs, values.seed, values.show, values.parallel].map(Number);
if (![pairs, seed, show, parallel].every((value) => Number.isSafeInteger(value))) {
  process.stderr.write('--pairs, --seed, --show and --parallel must be whole numbers\n');
  process.exit(2);
}
const generators: Readonly<Record<SchemaType, (seed: number) => SchemaPair>> = {
  AVRO: generateAvroPair,
  JSON: generateJsonSchemaPair,
  PROTOBUF: generateProtobufPair,
};
const modes = ['BACKWARD', 'FORWARD', 'FULL'] as const;

await using registry = await startPrivatePart('registry');
for (const [type, generate] of Object.entries(generators) as [SchemaType, (seed: number) => SchemaPair][]) {
  if (values.type !== undefined && values.type !== type) continue;
  const counts = createCounts(show ?? 0);
  const startedMs = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < (pairs ?? 0)) {
      const at = (seed ?? 0) * 1_000_000 + next;
      next += 1;
      const pair = generate(at);
      const mode = modes[at % modes.length] ?? 'BACKWARD';
      const question = { url: registry.url, subject: `fuzz-${type}-${at}`, schemaType: type, mode, pair };
      const theirs: RegistryVerdict = await askRegistry(question);
      const existing = [{ text: pair.existing }];
      const ours = judgeCompatibility({ type, mode, existing, candidate: { text: pair.candidate } });
      counts.add({ seed: at, mode, pair, ours, theirs });
    }
  };
  await Promise.all(Array.from({ length: parallel ?? 1 }, work));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${type}: ${pairs} pairs in ${seconds} s\n${counts.report()}\n`);
}

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { shapes as engineShapes, type Shape } from '../engine-shapes.ts';
import { createQuery, onboard, setPipeline, startApp, type Query } from '../headwater-system.ts';
import { runSpark } from '../spark-rival.ts';
import { drainProduct } from './drain-product.ts';
import { fillTopic } from './fill-topic.ts';
import { toContractText, toSparkSchema } from './shape-contract.ts';
import type { BenchWorld, Section } from './table-row.ts';

interface Case {
  readonly name: string;
  readonly shape: Shape;
  /** Enough that Spark spends most of its time on records, not on starting. */
  readonly records: number;
}

const cases: readonly Case[] = [
  { name: 'hard', shape: engineShapes.hard, records: 1_000_000 },
  { name: 'wide', shape: engineShapes.wide, records: 150_000 },
  { name: 'large', shape: engineShapes.large, records: 250_000 },
];
const GOAL = 6;

/** Each shape through the whole worker and through Spark on the same topic; delta-rs compares what they wrote. */
export const shapes: Section = async (world) => {
  const controlPlane = await startApp(world.stack, 'control-plane', { home: world.home });
  const query = createQuery(controlPlane.url, world.home);
  const rows = [];
  for (const each of cases) {
    const { ours, spark } = await measureShape(world, query, each);
    const ratio = ours / spark;
    world.say(
      `${each.shape.name}: ${Math.round(ours)} rows per core-second, Spark ${Math.round(spark)}: ${ratio.toFixed(2)}x`,
    );
    rows.push({
      work: `${each.records.toLocaleString('en')} records, ${each.shape.name}`,
      against: 'Spark on the same topic, rows per core-second',
      goal: `>= ${GOAL}x`,
      measured: `${ratio.toFixed(2)}x`,
      isReached: ratio >= GOAL,
    });
  }
  await controlPlane.process.stop();
  return rows;
};

async function measureShape(
  world: BenchWorld,
  query: Query,
  { name, shape, records }: Case,
): Promise<{ readonly ours: number; readonly spark: number }> {
  const { stack, home } = world;
  const topic = `bench.${name}`;
  await onboard(query, toContractText(name, shape), { name: topic, partitions: 6 });
  await setPipeline(query, `bench/${name}`, 'pause');
  world.say(`filling ${topic} with ${records.toLocaleString('en')} records`);
  await fillTopic(world, topic, records, (index) => shape.record(index));
  await setPipeline(query, `bench/${name}`, 'resume');
  const ours = await drainProduct(world, query, `bench/${name}`, records);
  await setPipeline(query, `bench/${name}`, 'pause');
  const out = path.join(home, `spark-${name}`);
  const { columns } = shape.contract;
  const namesOf = (chosen: typeof columns): string => chosen.map((column) => column.name).join();
  const spark = runSpark(
    { benchDir: world.benchDir, cache: world.rivalsDir, javaHome: world.javaHome },
    path.join(import.meta.dirname, 'spark_shape.py'),
    [
      ...[path.join(world.rivalsDir, 'jars'), stack.kafkaBootstrapServers, topic, out, toSparkSchema(shape)],
      namesOf(columns.filter(({ type }) => type.kind === 'timestamp')),
      namesOf(columns.filter(({ required }) => required)),
    ],
  );
  execFileSync(path.join(world.rivalsDir, 'venv', 'bin', 'python'), [
    path.join(import.meta.dirname, 'compare_shapes.py'),
    path.join(fileURLToPath(stack.lakeUrl), 'bench', name),
    path.join(out, 'events'),
    namesOf(columns.filter(({ type }) => type.kind === 'json')),
  ]);
  rmSync(out, { recursive: true, force: true });
  return { ours: ours.rowsPerCoreSecond, spark: records / spark.cpuSeconds };
}

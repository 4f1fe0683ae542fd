import { describeError } from '@headwater/kernel';
import { plantedCases, isTold, type PlantedCase } from './planted-bugs.ts';
import { runScene } from './run-scene.ts';
import { openTrack, type Track } from './track.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Caught {
  readonly planted: PlantedCase;
  readonly isCaught: boolean;
  readonly seconds: number;
  readonly sentence: string;
}

/** Runs each planted bug under the fault that shows it; 0 when the oracle tells of every one. */
export async function runPlanted(options: {
  readonly seed: number;
  readonly only: string | undefined;
  readonly tracks: number;
}): Promise<number> {
  const wanted = plantedCases.filter(
    ({ bug }) => options.only === undefined || options.only.split(',').includes(bug),
  );
  const queue = [...wanted];
  const results: Caught[] = [];
  const work = async (index: number): Promise<void> => {
    let track: Track | undefined;
    for (let planted = queue.shift(); planted !== undefined; planted = queue.shift()) {
      track ??= await openTrack(index);
      const result = await tryBug(track, planted, options.seed);
      results.push(result);
      say(
        `${result.isCaught ? 'caught' : 'MISSED'} ${planted.bug.padEnd(40)} breaks ${planted.breaks.padEnd(8)} ` +
          `${planted.point}:${planted.kind}`.padEnd(42) +
          ` ${result.seconds.toFixed(1)} s  ${result.sentence}`,
      );
    }
    await track?.close();
  };
  await Promise.all(
    Array.from({ length: Math.min(options.tracks, queue.length) }, (_, index) => work(index + 1)),
  );
  const caught = results.filter(({ isCaught }) => isCaught).length;
  say(
    JSON.stringify({
      seed: options.seed,
      caught,
      planted: wanted.length,
      slowest: Math.max(...results.map(({ seconds }) => seconds)),
    }),
  );
  say(`${caught} of ${wanted.length}`);
  return caught === wanted.length ? 0 : 1;
}

async function tryBug(track: Track, planted: PlantedCase, seed: number): Promise<Caught> {
  const startedMs = performance.now();
  const { bug, point, kind, setting } = planted;
  const seconds = () => Math.round((performance.now() - startedMs) / 100) / 10;
  try {
    const cell = { point, kind, seed, planted: bug };
    const { problems } = await runScene(track, cell, setting);
    return {
      planted,
      isCaught: isTold(planted, problems),
      seconds: seconds(),
      sentence:
        problems.find((problem) => planted.told.test(problem)) ?? problems[0] ?? 'every invariant held',
    };
  } catch (error) {
    return {
      planted,
      isCaught: false,
      seconds: seconds(),
      sentence: `the harness failed: ${describeError(error)}`,
    };
  }
}

// Two busy lanes against one, in one worker process. See bench/README.md.
import { parseArgs } from 'node:util';
import { withBenchWorld } from './staging-table/bench-world.ts';
import { measureLanes } from './staging-table/lanes-section.ts';

const { values: options } = parseArgs({ options: { records: { type: 'string', default: '2000000' } } });
const measured = await withBenchWorld((world) => measureLanes(world, Number(options.records)));
process.stdout.write(`${JSON.stringify(measured)}\n`);

#!/usr/bin/env node
// `npx headwater ...`: the command line on the Node 24 that npm installed.
import { existsSync } from 'node:fs';
import { handOver } from '../bootstrap/hand-over.mjs';
import { inRoot } from '../bootstrap/paths.mjs';

if (existsSync(inRoot('dist/release/cli.mjs'))) {
  process.exitCode = await handOver(['dist/release/cli.mjs', ...process.argv.slice(2)]);
} else {
  process.stderr.write('Headwater is not built yet.\nFix: run `npm start` or `npm run build` once.\n');
  process.exitCode = 1;
}

// Writes src/generated/kernel-wasm.ts: the compiled kernel as text, so that every bundle and test carries it.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compileKernel } from './compile-kernel.mjs';

const output = path.join(import.meta.dirname, '..', 'src', 'generated');
const binary = await compileKernel();
mkdirSync(output, { recursive: true });
writeFileSync(
  path.join(output, 'kernel-wasm.ts'),
  `/** assembly/, compiled by scripts/generate.mjs. */\nexport const wasmBase64 = '${Buffer.from(binary).toString('base64')}';\n`,
);
console.log(`compiled the columnar kernel: ${binary.length} bytes`);

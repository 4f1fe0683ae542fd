// Compiles assembly/ to WebAssembly. `planted` builds one of the deliberate bugs of assembly/planted.ts.
import asc from 'assemblyscript/asc';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '..', 'assembly');

/** @returns {Promise<Uint8Array>} the module */
export async function compileKernel({ planted = 0 } = {}) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--converge',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--noAssert',
      '--use',
      'abort=',
      '--baseDir',
      folder,
    ],
    {
      readFile(name, base) {
        try {
          const text = readFileSync(path.resolve(base, name), 'utf8');
          return name.endsWith('planted.ts')
            ? text.replace(/PLANTED: i32 = \d+/, `PLANTED: i32 = ${planted}`)
            : text;
        } catch {
          return null;
        }
      },
      writeFile: (_name, contents) => (binary = contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`the kernel does not compile: ${error.message}\n${String(stderr)}`);
  return binary;
}

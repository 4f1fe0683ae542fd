import { createContext, exitCodeOf } from './run.ts';
import { buildProgram } from './program.ts';

// A reader that has seen enough (`headwater table rows ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const arguments_ = process.argv.slice(2);
process.exitCode = await exitCodeOf(arguments_, () => buildProgram(createContext(arguments_)));

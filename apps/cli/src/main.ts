import { createContext, exitCodeOf } from './run.ts';
import { buildProgram } from './program.ts';

const arguments_ = process.argv.slice(2);
process.exitCode = await exitCodeOf(arguments_, () => buildProgram(createContext(arguments_)));

import type { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CommandContext } from './context.ts';
import type { CliEnvironment } from './environment.ts';
import { exitCode } from './exit-code.ts';
import { languages, messagesOf, type Language } from './message/index.ts';
import type { Terminal } from './output/terminal.ts';
import { buildProgram } from './program.ts';
import { exitCodeOf } from './run.ts';

const unreachable = (): never => {
  throw new Error('help and usage need neither environment, terminal nor control plane');
};

const contextOf = (language: Language): CommandContext => ({
  environment: {} as CliEnvironment,
  terminal: {} as Terminal,
  messages: messagesOf(language),
  format: unreachable,
  controlPlane: unreachable,
});

function helpOf(command: Command, path: readonly string[] = []): string {
  let text = '';
  const own = [...path, command.name()];
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return [
    `$ ${own.join(' ')} --help\n\n${text}`,
    ...command.commands.map((child) => helpOf(child, own)),
  ].join('\n');
}

test.each(languages)('the help of every command (%s)', async (language) => {
  const { command } = buildProgram(contextOf(language));
  await expect(helpOf(command)).toMatchFileSnapshot(`golden/help.${language}.txt`);
});

test('every command that does something shows at least one example', () => {
  const lacking: string[] = [];
  const visit = (command: Command): void => {
    if (command.commands.length === 0 && !/Examples:\n {2}\$ /.test(helpOf(command)))
      lacking.push(command.name());
    command.commands.forEach(visit);
  };
  visit(buildProgram(contextOf('en')).command);
  expect(lacking).toEqual([]);
});

test.each([
  ['an unknown command', ['prodcts']],
  ['an unknown option', ['get', 'products', '--colour']],
  ['a missing argument', ['describe', 'product']],
  ['a kind that is not one', ['get', 'prodcts']],
  ['a number that is not one', ['operations', '--limit', 'many']],
  ['an unknown output format', ['get', 'products', '-o', 'xml']],
  ['a rate past the bound', ['demo', 'ad-events', '--rate', '20001']],
])('%s is a usage error', async (_name, args) => {
  const quiet = () => {
    const program = buildProgram(contextOf('en'));
    const silence = (command: Command): void => {
      command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
      command.commands.forEach(silence);
    };
    silence(program.command);
    return program;
  };
  expect(await exitCodeOf(args, quiet)).toBe(exitCode.usage);
});

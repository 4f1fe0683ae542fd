import { InvalidArgumentError, type Command } from 'commander';

/** Parser of a whole number within [from, to] for commander. */
export const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < from || value > to) {
      throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
    }
    return value;
  };

/** Parser of a Delta table version for commander. */
export function tableVersion(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('It must be a version number, 0 or more.');
  return BigInt(text);
}

/** Parser of an RFC 3339 instant for commander. */
export function instant(text: string): Date {
  const isRfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const time = new Date(text);
  if (!isRfc3339 || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be a time with its zone, for example 2026-01-01T00:00:00Z.');
  }
  return time;
}

/** Gathers an option that may be given several times. */
export const gather = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** Adds examples under the help of a command. */
export function addExamples(command: Command, title: string, examples: readonly string[]): Command {
  return command.addHelpText('after', `\n${title}\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

import { z } from 'zod';

/** What a person needs to know about one environment variable. */
export interface VariableFacts {
  /** One sentence: what the variable says. */
  readonly description: string;
  /** A value that works, shown in messages and in docs/environment.md. */
  readonly example: string;
  /** A secret's value is never written to a message, a log or the docs. */
  readonly secret?: boolean;
}

const facts = z.registry<VariableFacts>();

/** Attaches the facts to the outermost schema of a variable (after `default` or `optional`). */
export function variable<S extends z.ZodType>(schema: S, about: VariableFacts): S {
  facts.add(schema, about);
  return schema;
}

export function factsOf(schema: z.ZodType): VariableFacts | undefined {
  return facts.get(schema);
}

import { z } from 'zod';
import type { EnvironmentVariables } from './environment-variables.ts';
import { judgeKafkaSecurity } from './kafka-security.ts';
import { environmentError, type VariableProblem } from './problems.ts';
import { givenSecret } from './secret-file.ts';
import { judgeLakeSettings } from './lake-settings.ts';
import { judgeServerSettings } from './server-settings.ts';
import { factsOf } from './variable.ts';

/** One variable as documentation and deployment files need it. */
export interface VariableDescription {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** Present when the variable may be left out and a value is used instead; as one would write it. */
  readonly defaultValue?: string;
}

/** An app's environment: variable name -> schema. Spread the known shapes and add your own with `variable`. */
export const defineEnvironment = <S extends z.ZodRawShape>(shape: S) => z.object(shape);

/**
 * The typed environment. A blank variable counts as not set. Variables the schema does not name are left alone. A secret
 * `X` may be given as `X_FILE`, the path of a file that holds it.
 * Throws one HeadwaterError `HW_CONFIG_INVALID` that lists every problem; values of secrets are not in it.
 */
export function parseEnvironment<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  env: EnvironmentVariables,
): z.output<z.ZodObject<S>> {
  const values: Record<string, unknown> = {};
  const problems: VariableProblem[] = [];
  for (const [name, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    const found = givenValue(name, field, env);
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const given = found.value;
    const parsed = field.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(...describeIssues(name, field, given, parsed.error));
  }
  problems.push(...judgeKafkaSecurity(values), ...judgeServerSettings(values), ...judgeLakeSettings(values));
  if (problems.length > 0) throw environmentError(problems);
  return values as z.output<z.ZodObject<S>>;
}

function givenValue(name: string, field: z.ZodType, env: EnvironmentVariables) {
  if (factsOf(field)?.secret === true) return givenSecret(name, env);
  return { value: env[name]?.trim() === '' ? undefined : env[name] };
}

/** The variables of a schema in its order. */
export function listVariables(schema: z.ZodObject): readonly VariableDescription[] {
  return (Object.entries(schema.shape) as [string, z.ZodType][]).map(([name, field]) => {
    const facts = factsOf(field);
    const unset = field.safeParse(undefined);
    const isSecret = facts?.secret ?? false;
    return {
      name,
      description: facts?.description ?? '',
      example: facts?.example ?? '',
      isSecret,
      isRequired: !unset.success,
      ...(unset.success && unset.data !== undefined ? { defaultValue: asWritten(field, unset.data) } : {}),
    };
  });
}

/** A `prefault` is written like a value (`10s`); a `default` is what it is parsed to. */
const asWritten = (field: z.ZodType, parsed: unknown): string =>
  String(field instanceof z.ZodPrefault ? field.def.defaultValue : parsed);

function describeIssues(
  name: string,
  field: z.ZodType,
  given: string | undefined,
  error: z.ZodError,
): readonly VariableProblem[] {
  const facts = factsOf(field);
  const example = facts === undefined ? 'Set it.' : `Set it, for example ${name}=${facts.example}`;
  if (given === undefined) {
    return [{ variable: name, problem: `is not set (${facts?.description ?? 'required'})`, fix: example }];
  }
  const shown = facts?.secret ? '' : ` (it is ${JSON.stringify(given.slice(0, 80))})`;
  return error.issues.map(({ message }) => ({ variable: name, problem: `${message}${shown}`, fix: example }));
}

import type { MeshDatabase, MeshUnit, NewAuditEvent, Principal, Problem } from '@headwater/core-mesh';
import type { Sha256 } from '@headwater/core-reconcile';
import { canonicalJson, err, HeadwaterError, ok, type Result } from '@headwater/kernel';
import type { UserError } from '../generated/schema-types.ts';

/** Identifiers of what a mutation made or changed; the payload is read back from them, also on a repeated call. */
export type Refs = Readonly<Record<string, string>>;

export interface MutationCall {
  readonly principal: Principal | undefined;
  /** Name of the mutation. */
  readonly mutation: string;
  readonly input: {
    readonly idempotencyKey?: string | null | undefined;
    readonly dryRun?: boolean | null | undefined;
  };
}

export interface Accomplished<R extends Refs> {
  readonly refs: R;
  /** Written in the unit of work of the change. */
  readonly audit: Omit<NewAuditEvent, 'actor'>;
}

/** The references are empty after a dry run. */
export type Outcome<R extends Refs> = Result<Partial<R>, readonly Problem[]>;

/** Runs mutations: one unit of work each, with its audit event, remembered under its idempotency key. */
export interface Mutations {
  run<R extends Refs>(
    call: MutationCall,
    work: (unit: MeshUnit, actor: string) => Promise<Result<Accomplished<R>, readonly Problem[]>>,
  ): Promise<Outcome<R>>;
  /** The outcome of an earlier call with the same key, for mutations that look at the world before their unit of work. */
  earlier<R extends Refs>(call: MutationCall): Promise<Outcome<R> | undefined>;
}

class DryRun extends Error {}

export function createMutations(database: MeshDatabase, sha256: Sha256): Mutations {
  const earlier = async <R extends Refs>(call: MutationCall): Promise<Outcome<R> | undefined> => {
    const key = call.input.idempotencyKey ?? undefined;
    if (key === undefined) return undefined;
    const found = await database.reads.idempotency.find(actorOf(call), call.mutation, key);
    if (found === undefined) return undefined;
    if (found.inputHash !== hashInput(call, sha256)) return err([keyReused(key)]);
    return ok(found.outcome as R);
  };
  return {
    earlier,
    async run<R extends Refs>(
      call: MutationCall,
      work: (unit: MeshUnit, actor: string) => Promise<Result<Accomplished<R>, readonly Problem[]>>,
    ): Promise<Outcome<R>> {
      const before = await earlier<R>(call);
      if (before !== undefined) return before;
      try {
        return await database.unit(async (unit) => {
          const result = await work(unit, actorOf(call));
          if (!result.ok) return result;
          await unit.audit.append({ actor: actorOf(call), ...result.value.audit });
          const key = call.input.idempotencyKey ?? undefined;
          if (key !== undefined) {
            await unit.idempotency.remember({
              actor: actorOf(call),
              mutation: call.mutation,
              idempotencyKey: key,
              inputHash: hashInput(call, sha256),
              outcome: result.value.refs,
            });
          }
          if (call.input.dryRun === true) throw new DryRun('everything the unit did is taken back');
          return ok(result.value.refs);
        });
      } catch (error) {
        if (error instanceof DryRun) return ok({});
        if (isCode(error, 'HW_STORE_IDEMPOTENCY_KEY')) {
          const winner = await earlier<R>(call);
          if (winner !== undefined) return winner;
        }
        if (error instanceof HeadwaterError && error.kind === 'user') return err([toProblem(error)]);
        throw error;
      }
    },
  };
}

export const toProblem = (error: HeadwaterError): Problem => ({
  code: error.code,
  message: error.message,
  ...(error.fix === undefined ? {} : { fix: error.fix }),
  ...(error.path === undefined ? {} : { path: error.path.split('.') }),
});

/** Path in the repository: what each code means. */
const docs = 'docs/errors.md';

export const toUserErrors = (problems: readonly Problem[]): readonly UserError[] =>
  problems.map(({ code, message, fix, path }) => ({
    code,
    message,
    fix: fix ?? null,
    path: ['input', ...(path ?? [])],
    docUrl: docs,
  }));

/** What went wrong, as the list every payload carries. */
export const userErrorsOf = (outcome: Outcome<Refs>): readonly UserError[] =>
  outcome.ok ? [] : toUserErrors(outcome.error);

const actorOf = (call: MutationCall): string => call.principal?.name ?? 'anonymous';

const hashInput = ({ mutation, input }: MutationCall, sha256: Sha256): string =>
  sha256(canonicalJson({ mutation, input: { ...input, idempotencyKey: null } }));

const isCode = (error: unknown, code: string): boolean =>
  error instanceof HeadwaterError && error.code === code;

const keyReused = (key: string): Problem => ({
  code: 'HW_IDEMPOTENCY_KEY_REUSED',
  message: `The idempotency key "${key}" was used before with another input.`,
  fix: 'Use a fresh key for a new request; repeat a request with exactly the same input.',
  path: ['idempotencyKey'],
});

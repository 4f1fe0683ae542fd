import { judgeStoreProblem } from './store-problem.ts';

/** The same object with each of its functions telling an outage of Postgres in words that name DATABASE_URL. */
export function judged<T extends object>(store: T, databaseUrl: string): T {
  return Object.fromEntries(
    Object.entries(store).map(([name, member]: [string, unknown]) => {
      if (typeof member === 'function') return [name, judgedCall(member as Call, databaseUrl)];
      return [name, isStore(member) ? judged(member, databaseUrl) : member];
    }),
  ) as T;
}

type Call = (...args: unknown[]) => unknown;

const isStore = (member: unknown): member is object => typeof member === 'object' && member !== null;

const judgedCall =
  (call: Call, databaseUrl: string): Call =>
  async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      throw judgeStoreProblem(error, databaseUrl);
    }
  };

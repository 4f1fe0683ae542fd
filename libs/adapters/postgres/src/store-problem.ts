import { HeadwaterError, operationalError, userError } from '@headwater/kernel';
import { judgeConnectionProblem } from './connection-problem.ts';
import { Prisma } from './prisma.ts';

/** Somebody else changed the row between reading and writing it. */
export const generationMoved = (what: string, expected: number): HeadwaterError =>
  userError({
    code: 'HW_STORE_GENERATION',
    message: `${what} is no longer at version ${expected}: it was changed or removed meanwhile.`,
    fix: 'Read it again and repeat the change on the new version.',
  });

export const nameTaken = (what: string, name: string): HeadwaterError =>
  userError({
    code: 'HW_STORE_NAME_TAKEN',
    message: `There is already a ${what} named ${name}.`,
    fix: 'Choose another name.',
    path: 'name',
  });

export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';

/** Turns a unique violation into `problem`; everything else is passed on. */
export async function unlessTaken<T>(work: Promise<T>, problem: () => HeadwaterError): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? problem() : error;
  }
}

/** Outages as operational errors that name DATABASE_URL; errors of ours and bugs are passed on. */
export function judgeStoreProblem(error: unknown, databaseUrl: string): unknown {
  if (error instanceof HeadwaterError) return error;
  if (codeOf(error) === 'P2034' || codeOf(error) === 'P2028') {
    return operationalError({
      code: 'HW_DATABASE_BUSY',
      message: 'The database could not carry out the change in time or side by side with another one.',
      fix: 'Try again.',
      canRetry: true,
      cause: error,
    });
  }
  return isOutage(error) ? judgeConnectionProblem(rootOf(error), databaseUrl) : error;
}

/** Codes of Node, of Postgres (classes 08, 28, 53, 57P) and of Prisma (P10xx) for a server that cannot be used. */
const outageCode = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|08|28|53|57P|3D000|P10\d\d)/;
const outageWords =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Can't reach database server/i;

const isOutage = (error: unknown): boolean =>
  outageCode.test(codeOf(error)) || (error instanceof Error && outageWords.test(error.message));

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Prisma keeps what the driver said in the facts of its own error. */
const rootOf = (error: unknown): unknown =>
  error instanceof Prisma.PrismaClientKnownRequestError
    ? (error.meta?.['driverAdapterError'] ?? error)
    : error;

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
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) {
    return isConnectionProblem(error) ? judgeConnectionProblem(error, databaseUrl) : error;
  }
  if (error.code === 'P2034' || error.code === 'P2028') {
    return operationalError({
      code: 'HW_DATABASE_BUSY',
      message: 'The database could not carry out the change in time or side by side with another one.',
      fix: 'Try again.',
      canRetry: true,
      cause: error,
    });
  }
  return /^P10\d\d$/.test(error.code) ? judgeConnectionProblem(connectionCause(error), databaseUrl) : error;
}

const connectionCode = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|57P0|08|53300|28|3D000)/;

const isConnectionProblem = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && typeof error.code === 'string' && connectionCode.test(error.code)) ||
    /Connection terminated|timeout exceeded when trying to connect/i.test(error.message));

const connectionCause = (error: Prisma.PrismaClientKnownRequestError): unknown =>
  error.meta?.['driverAdapterError'] ?? error;

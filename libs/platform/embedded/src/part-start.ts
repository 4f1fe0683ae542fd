import { operationalError } from '@headwater/kernel';
import type { PartName } from './events.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { becomesTrue } from './wait.ts';

/** What every embedded part needs to start. */
export interface PartContext {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  /** False leaves the server running when this process is killed. */
  readonly followsParentDeath: boolean;
}

/** Waits until the server answers; fails with the end of its log when it exits first or stays silent. */
export async function waitUntilServing(
  part: PartName,
  process: SupervisedProcess,
  answers: () => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<void> {
  const isServing = await becomesTrue(async () => process.hasExited() || (await answers()), deadlineMs);
  if (isServing && !process.hasExited()) return;
  await process.kill();
  if (portSigns.test(process.logTail())) throw blockedPort(part);
  throw operationalError({
    code: 'HW_STACK_PART_FAILED',
    message: `The embedded ${part} ${isServing ? 'ended while it started' : `did not answer within ${deadlineMs} ms`}. The end of its log:\n${process.logTail()}`,
    fix: `See logs/${process.name}.log below the state folder; set ${configuredBy[part]} to use a server of your own.`,
    canRetry: true,
  });
}

const portSigns =
  /address already in use|EADDRINUSE|could not bind|port \d+ (?:seems to be|is already) used/i;

const blockedPort = (part: PartName): Error =>
  operationalError({
    code: 'HW_STACK_PORT_BLOCKED',
    message: `The embedded ${part} could not listen: another program took its port while it started.`,
    fix: 'Run the same command again: it chooses another port.',
    canRetry: true,
  });

/** The variable that replaces each embedded part. */
export const configuredBy: Readonly<Record<PartName, string>> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BOOTSTRAP_SERVERS',
  registry: 'SCHEMA_REGISTRY_URL',
};

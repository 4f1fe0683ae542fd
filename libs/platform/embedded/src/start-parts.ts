import { userError } from '@headwater/kernel';
import { joinErrors } from '@headwater/platform-wire';
import { checkConfigured, configuredUrl, isConfigured, publicAddress } from './configured-part.ts';
import { requireFreeBytes } from './disk-space.ts';
import type { StackPart } from './embedded-part.ts';
import type { PartName } from './events.ts';
import { createPartStarter } from './part-starter.ts';
import { configuredBy } from './part-start.ts';
import type { StackOptions } from './stack-options.ts';
import { announce } from './stack-record.ts';
import type { Session } from './stack-session.ts';

const freeBytesMin = 300_000_000;

/** Configured parts first: a wrong setting is told before anything is fetched or started. */
export async function startParts<N extends PartName>(
  session: Session,
  names: readonly N[],
): Promise<Record<N, StackPart>> {
  const { env, home } = session.options;
  const start = createPartStarter(session);
  const configured = await settleAll(
    names.filter((name) => isConfigured(name, env)),
    (name) => reportReady(session.options, name, () => adoptConfigured(name, env)),
  );
  const embedded = names.filter((name) => !isConfigured(name, env));
  if (embedded.length > 0) await requireFreeBytes(home, freeBytesMin, 'The data of the local stack');
  const started = await settleAll(embedded, (name) => reportReady(session.options, name, () => start(name)));
  return Object.fromEntries([...configured, ...started]) as Record<N, StackPart>;
}

/** Waits for all, also when one fails, so that nothing is still starting when the failure is handled. */
async function settleAll<N, T>(names: readonly N[], work: (name: N) => Promise<T>): Promise<[N, T][]> {
  const outcomes = await Promise.allSettled(
    names.map(async (name): Promise<[N, T]> => [name, await work(name)]),
  );
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (failed.length > 0) throw joinErrors(failed);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

async function reportReady(
  { home, onProgress }: StackOptions,
  name: PartName,
  start: () => Promise<StackPart>,
): Promise<StackPart> {
  const began = performance.now();
  onProgress({ kind: 'part.starting', part: name });
  const part = await start();
  const durationMs = Math.round(performance.now() - began);
  const address = publicAddress(part.url);
  announce(home, name, address);
  onProgress({ kind: 'part.ready', part: name, address, source: part.source, durationMs });
  return part;
}

async function adoptConfigured(name: PartName, env: StackOptions['env']): Promise<StackPart> {
  await checkConfigured(name, env);
  const url = configuredUrl(name, env);
  const notOurs = async (): Promise<void> => {
    throw userError({
      code: 'HW_STACK_PART_NOT_OURS',
      message: `${name} is configured by ${configuredBy[name]}; this program neither starts nor kills it.`,
      fix: `Unset ${configuredBy[name]} to use the embedded ${name}.`,
    });
  };
  return {
    name,
    url,
    source: 'configured',
    pid: () => undefined,
    start: notOurs,
    kill: notOurs,
    stop: async () => undefined,
  };
}

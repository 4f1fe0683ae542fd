import type { Cell } from './cell.ts';
import type { Deed, Scene } from './deed.ts';
import type { OrderedProcess } from './processes.ts';
import { waitUntil } from './workers.ts';

const FIRES_WITHIN_MS = 20_000;

/** What fired, and who stands in for a process that ended by it. */
export interface FiredOnce {
  readonly proof: string | undefined;
  readonly heir: OrderedProcess | undefined;
}

/** Arms the point, begins the work that passes it, and does the deed when the process is there. */
export async function fireOnce(
  scene: Scene,
  { point, planted }: Cell,
  deed: Deed,
  work: {
    /** Which passing of the point. */
    readonly nth: number;
    readonly clockMs?: number | undefined;
    begin(): Promise<void>;
    takeHeir(): Promise<OrderedProcess>;
  },
): Promise<FiredOnce> {
  const { doomed } = scene;
  const { nth, clockMs } = work;
  const serial = doomed.order({
    at: point,
    nth,
    action: deed.action,
    ...(clockMs === undefined ? {} : { clockMs }),
  });
  await work.begin();
  const hasFired = await waitUntil(() => doomed.fired(serial) !== undefined, FIRES_WITHIN_MS, 15);
  if (!hasFired) {
    doomed.order({});
    return { proof: undefined, heir: undefined };
  }
  const heir = deed.endsProcess ? await work.takeHeir() : undefined;
  heir?.plant(planted === undefined ? [] : [planted]);
  heir?.order({});
  const detail = await deed.do({ ...scene, heir });
  return { proof: detail === undefined ? undefined : `${doomed.fired(serial)}; ${detail}`, heir };
}

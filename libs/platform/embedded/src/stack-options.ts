import type { OnStackEvent } from './events.ts';

export interface StackOptions {
  /** Folder of all state: data, logs, `stack.json`. */
  readonly home: string;
  /** Folder of fetched parts, used by every state folder on this machine. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: OnStackEvent;
  /** False leaves the servers running when this process is killed; the next start ends them. Default true. */
  readonly followsParentDeath?: boolean;
}

import type { OnStackEvent, PartName } from './events.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** One server of the stack. */
export interface StackPart {
  readonly name: PartName;
  /** What its clients are configured with; may hold a password. */
  readonly url: string;
  readonly source: 'embedded' | 'configured';
  /** `undefined` while it is down, and for a configured part. */
  pid(): number | undefined;
  /** Starts it again on the same port with the same data and waits until it serves. */
  start(): Promise<void>;
  /** Orderly. */
  stop(): Promise<void>;
  /** kill -9. A configured part cannot be killed and throws, as it does for `start`; its `stop` does nothing. */
  kill(): Promise<void>;
}

export interface EmbeddedPartOptions {
  readonly name: PartName;
  readonly url: string;
  readonly onProgress: OnStackEvent;
  /** Starts the process and resolves when it serves. */
  launch(): Promise<SupervisedProcess>;
  /** Runs after a stop that did not have to be forced. */
  afterStop?(): Promise<void>;
}

export function createEmbeddedPart(options: EmbeddedPartOptions): StackPart {
  const { name, url, onProgress } = options;
  let running: SupervisedProcess | undefined;
  let endIsWanted = false;
  return {
    name,
    url,
    source: 'embedded',
    pid: () => running?.pid,
    async start() {
      if (running !== undefined) return;
      endIsWanted = false;
      const launched = await options.launch();
      running = launched;
      void launched.exited.then(() => {
        if (endIsWanted || running !== launched) return;
        running = undefined;
        onProgress({ kind: 'part.exited', part: name, logTail: launched.logTail() });
      });
    },
    async stop() {
      if (running === undefined) return;
      endIsWanted = true;
      const { signal } = await running.stop();
      running = undefined;
      if (signal !== 'SIGKILL') await options.afterStop?.();
      onProgress({ kind: 'part.stopped', part: name });
    },
    async kill() {
      endIsWanted = true;
      await running?.kill();
      running = undefined;
    },
  };
}

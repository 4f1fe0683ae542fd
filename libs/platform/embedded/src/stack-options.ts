import type { OnStackEvent } from './events.ts';

export interface StackOptions {
  /** Folder of all state: data, logs, `stack.json`. */
  readonly home: string;
  /** Folder of fetched parts, used by every state folder on this machine. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: OnStackEvent;
  /** A broker that is set up in another way, for tests of other security protocols. */
  readonly kafkaSetup?: KafkaSetup;
  /** False leaves the servers running when this process is killed; the next start ends them. Default true. */
  readonly followsParentDeath?: boolean;
}

/** What is different from the broker of the local stack. */
export interface KafkaSetup {
  /** Added to server.properties, in place of those with the same key. */
  properties(ports: {
    readonly port: number;
    readonly controllerPort: number;
  }): Readonly<Record<string, string>>;
  /** `MECHANISM=[name=...,password=...]`: users that are there from the first start. */
  readonly scramUsers?: readonly string[];
}

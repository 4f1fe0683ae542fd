import type { ControlPlane } from './control-plane/client.ts';
import type { CliEnvironment } from './environment.ts';
import type { ExitCode } from './exit-code.ts';
import type { Messages } from './message/index.ts';
import type { OutputFormat } from './output/listing.ts';
import type { Terminal } from './output/terminal.ts';

/** What every command works with. */
export interface CommandContext {
  readonly environment: CliEnvironment;
  readonly terminal: Terminal;
  readonly messages: Messages;
  /** Form of the result on standard output (`-o`). */
  format(): OutputFormat;
  /** Found when a command needs it, because some commands work without. */
  controlPlane(): ControlPlane;
}

/** Runs one command and turns its outcome, or what it throws, into the exit code. */
export type RunCommand = (action: () => Promise<ExitCode>) => Promise<void>;

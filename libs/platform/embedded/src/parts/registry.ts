import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEmbeddedPart } from '../embedded-part.ts';
import type { StackPart } from '../embedded-part.ts';
import type { OnStackEvent } from '../events.ts';
import { chooseClassArchive } from '../java-command.ts';
import type { ClassArchive } from '../java-command.ts';
import type { Java } from '../java-home.ts';
import { waitUntilServing } from '../part-start.ts';
import type { PartContext } from '../part-start.ts';
import { superviseProcess } from '../supervised-process.ts';

const startDeadlineMs = 90_000;

export interface RegistryContext extends PartContext {
  readonly managementPort: number;
  readonly cacheDir: string;
  readonly java: Java;
  /** The folder that holds `quarkus-run.jar`. */
  readonly application: string;
}

/** Apicurio Registry with its Confluent-compatible API. Data in `<home>/registry`. */
export async function prepareRegistry(
  context: RegistryContext,
  onProgress: OnStackEvent,
): Promise<StackPart> {
  const folder = join(context.home, 'registry');
  const jar = join(context.application, 'quarkus-run.jar');
  const url = `http://127.0.0.1:${context.port}/apis/ccompat/v7`;
  const settings = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': String(context.port),
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': String(context.managementPort),
    'quarkus.log.level': 'WARN',
    'quarkus.log.category."io.apicurio".level': 'WARN',
    'quarkus.http.access-log.enabled': 'false',
    'quarkus.banner.enabled': 'false',
    'apicurio.storage.kind': 'sql',
    'apicurio.storage.sql.kind': 'h2',
    'apicurio.datasource.url': `jdbc:h2:file:${join(folder, 'registry')}`,
  };
  let archive: ClassArchive | undefined;
  return createEmbeddedPart({
    name: 'registry',
    url,
    onProgress,
    async launch() {
      await mkdir(folder, { recursive: true });
      archive = await chooseClassArchive(context.cacheDir, 'registry', context.java, jar);
      const process = await superviseProcess(context.home, {
        name: 'registry',
        command: context.java.command,
        args: [
          '-XX:+UseSerialGC',
          '-XX:TieredStopAtLevel=1',
          '-Xmx256m',
          ...archive.flags,
          ...Object.entries(settings).map(([key, value]) => `-D${key}=${value}`),
          '-jar',
          jar,
        ],
        env: context.env,
        cwd: folder,
        stopSignal: 'SIGTERM',
        stopDeadlineMs: 30_000,
        followsParentDeath: context.followsParentDeath,
      });
      await waitUntilServing('registry', process, () => isServing(url), startDeadlineMs);
      return process;
    },
    afterStop: async () => archive?.keep(),
  });
}

async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { provideArtifact } from './artifact-cache.ts';
import type { ArtifactName } from './artifact-cache.ts';
import type { StackPart } from './embedded-part.ts';
import type { PartName } from './events.ts';
import { findUsableJava } from './fetched-java.ts';
import type { Java } from './java-home.ts';
import type { PartContext } from './part-start.ts';
import { prepareKafka } from './parts/kafka.ts';
import { preparePostgres } from './parts/postgres.ts';
import { prepareRedis } from './parts/redis.ts';
import { prepareRegistry } from './parts/registry.ts';
import { choosePort } from './stack-record.ts';
import type { Session } from './stack-session.ts';

/** Starts embedded parts. Artifacts are fetched one after the other, because Maven's repository has no lock. */
export function createPartStarter({ options, started }: Session): (name: PartName) => Promise<StackPart> {
  const { home, cacheDir, env, onProgress } = options;
  let java: Promise<Java> | undefined;
  const needJava = (): Promise<Java> => (java ??= findUsableJava({ env, cacheDir }));
  let fetches: Promise<unknown> = Promise.resolve();
  const provide = async (name: ArtifactName): Promise<string> => {
    const { home: javaHome } = await needJava();
    const fetched = fetches.then(() => provideArtifact(name, { cacheDir, env, javaHome, onProgress }));
    fetches = fetched.catch(() => undefined);
    return fetched;
  };
  const contextOf = async (name: string): Promise<PartContext> => ({
    home,
    env,
    port: await choosePort(options, name),
    followsParentDeath: options.followsParentDeath ?? true,
  });
  const prepare: Readonly<Record<PartName, () => Promise<StackPart>>> = {
    postgres: async () => preparePostgres(await contextOf('postgres'), onProgress),
    redis: async () => prepareRedis(await contextOf('redis'), () => provide('redis'), onProgress),
    async kafka() {
      const jars = await provide('kafka');
      const controllerPort = await choosePort(options, 'kafka-controller');
      const context = {
        ...(await contextOf('kafka')),
        controllerPort,
        cacheDir,
        java: await needJava(),
        jars,
        ...(options.kafkaSetup === undefined ? {} : { setup: options.kafkaSetup }),
      };
      return prepareKafka(context, onProgress);
    },
    async registry() {
      const application = await provide('registry');
      const managementPort = await choosePort(options, 'registry-management');
      const context = await contextOf('registry');
      return prepareRegistry(
        { ...context, managementPort, cacheDir, java: await needJava(), application },
        onProgress,
      );
    },
  };
  return async (name) => {
    await mkdir(join(home, 'logs'), { recursive: true });
    const part = await prepare[name]();
    started.set(name, part);
    await part.start();
    return part;
  };
}

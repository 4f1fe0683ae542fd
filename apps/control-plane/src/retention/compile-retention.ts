import type { Problem, RetentionPromise } from '@headwater/core-mesh';
import { compileRetention } from '@headwater/core-retention';
import { err, ok, type Result } from '@headwater/kernel';

/** The topic settings that a promise compiles to, or why no settings can keep it. */
export function compileTopicConfigs(
  promise: RetentionPromise,
): Result<Readonly<Record<string, string>>, readonly Problem[]> {
  const compiled = compileRetention(promise);
  if (compiled.ok) return ok(compiled.value.topicConfigs);
  const { code, message, fix } = compiled.error;
  return err([{ code, message, fix, path: ['retention', 'period'] }]);
}

/** As above for a promise that was accepted before; nothing when it no longer compiles. */
export function topicConfigsOf(promise: RetentionPromise): Readonly<Record<string, string>> {
  const compiled = compileRetention(promise);
  return compiled.ok ? compiled.value.topicConfigs : {};
}

/** Properties the tables of a product are made with, so that every reader knows how long old versions stay. */
export function tablePropertiesOf(promise: RetentionPromise): Readonly<Record<string, string>> {
  const compiled = compileRetention(promise);
  return compiled.ok ? compiled.value.tableProperties : {};
}

import type { SchemaRegistry } from '@headwater/core-mesh';
import type { Logger } from '@headwater/kernel';

/** Says once what the registry takes without doing it. Silent when the registry is away: readiness says that. */
export async function sayRegistryLimits(
  registry: Pick<SchemaRegistry, 'describe'>,
  logger: Logger,
): Promise<void> {
  const facts = await registry.describe().catch(() => undefined);
  if (facts === undefined) return;
  const { product, version, defaultCompatibility, limits } = facts;
  logger.info({ product, version, defaultCompatibility }, 'the schema registry answers');
  for (const { name, message } of limits) logger.warn({ limit: name }, message);
}

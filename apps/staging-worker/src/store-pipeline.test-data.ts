import type { Postgres } from '@headwater/adapter-postgres';
import type { CompiledContract } from '@headwater/core-contract';
import type { PipelineSpec } from '@headwater/core-staging';
import { randomUUID } from 'node:crypto';

/** A product with its domain, team, contract and pipeline, as onboarding would leave them in Postgres. */
export async function storePipeline(
  postgres: Postgres,
  product: {
    readonly domain: string;
    readonly name: string;
    readonly topic: string;
    readonly topicId: string;
    readonly tableUrl: string;
    readonly contract: CompiledContract;
    readonly flushIntervalMs: number;
  },
): Promise<{ readonly productId: string; readonly pipeline: PipelineSpec }> {
  const { domain, name, topic, topicId, tableUrl, contract, flushIntervalMs } = product;
  const [domainId, teamId, productId, contractVersionId] = [
    randomUUID(),
    randomUUID(),
    randomUUID(),
    randomUUID(),
  ];
  const staging = { flushIntervalMs, flushBytesMax: 8 << 20 };
  const quarantineUrl = `${tableUrl}__quarantine`;
  const spec = {
    pipelineId: randomUUID(),
    productName: `${domain}/${name}`,
    topic,
    topicId,
    tableUrl,
    quarantineUrl,
    contract,
    transformHash: `hash-${contract.contractVersion}`,
    schemaIds: [],
    ...staging,
    desiredState: 'running' as const,
  };
  await postgres.mesh.unit(async (unit) => {
    await unit.domains.create({ id: domainId, name: domain });
    await unit.teams.create({ id: teamId, name: `team-${domain}`, domainId });
    await unit.contracts.save({
      id: contractVersionId,
      productId,
      contractVersion: contract.contractVersion,
      text: 'kind: DataContract',
      compiled: contract,
    });
    await unit.products.create({
      id: productId,
      domainId,
      qualifiedName: spec.productName,
      name,
      status: 'active',
      ownerTeamId: teamId,
      topic: { name: topic, partitions: 2, replicationFactor: 1 },
      valueSubject: `${topic}-value`,
      tableUrl,
      quarantineUrl,
      retention: { periodMs: 86_400_000, mode: 'staging-first' },
      staging,
      contractVersionId,
    });
    await unit.pipelines.create({ productId, spec });
    await unit.audit.append({ actor: 'test', event: 'data-product.onboarded', subject: topic, facts: {} });
  });
  const pipeline = await postgres.staging.pipeline(spec.pipelineId);
  return { productId, pipeline: pipeline! };
}

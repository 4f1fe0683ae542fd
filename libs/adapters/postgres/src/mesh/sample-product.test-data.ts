import { randomUUID } from 'node:crypto';
import type { CompiledContract } from '@headwater/core-contract';
import type { MeshDatabase, NewAuditEvent } from '@headwater/core-mesh';
import type { PipelineSpec } from '@headwater/core-staging';

export const noted = (event = 'test.changed'): NewAuditEvent => ({
  actor: 'tester',
  event,
  subject: 'test',
  facts: {},
});

export const sampleContract: CompiledContract = {
  contractId: 'orders',
  contractVersion: '1.0.0',
  columns: [],
  unknownMembers: 'ignore',
  keyColumns: [],
  partitionColumns: [],
  recordBytesMax: 1_000_000,
};

/** A product with its domain, team, contract and pipeline; every name is new. */
export async function storeProduct(
  mesh: MeshDatabase,
  change: Partial<Pick<PipelineSpec, 'desiredState' | 'topicId' | 'lanes'>> = {},
) {
  const unique = randomUUID().slice(0, 8);
  const ids = {
    domainId: randomUUID(),
    teamId: randomUUID(),
    productId: randomUUID(),
    contractVersionId: randomUUID(),
    pipelineId: randomUUID(),
  };
  const [domain, qualifiedName] = [`sales-${unique}`, `sales-${unique}/orders`];
  const tableUrl = `file:///lake/${qualifiedName}`;
  await mesh.unit(async (unit) => {
    await unit.domains.create({ id: ids.domainId, name: domain });
    await unit.teams.create({ id: ids.teamId, name: `team-${unique}`, domainId: ids.domainId });
    await unit.contracts.save({
      id: ids.contractVersionId,
      productId: ids.productId,
      contractVersion: '1.0.0',
      text: 'kind: DataContract',
      compiled: sampleContract,
    });
    await unit.products.create({
      id: ids.productId,
      domainId: ids.domainId,
      qualifiedName,
      name: 'orders',
      status: 'active',
      ownerTeamId: ids.teamId,
      topic: { name: `${domain}.orders`, partitions: 3, replicationFactor: 1 },
      valueSubject: `${domain}.orders-value`,
      tableUrl,
      quarantineUrl: `${tableUrl}__quarantine`,
      retention: { periodMs: 86_400_000, mode: 'staging-first' },
      staging: { flushIntervalMs: 1_000, flushBytesMax: 1_000_000 },
      contractVersionId: ids.contractVersionId,
    });
    await unit.pipelines.create({
      productId: ids.productId,
      spec: {
        pipelineId: ids.pipelineId,
        productName: qualifiedName,
        topic: `${domain}.orders`,
        topicId: randomUUID(),
        tableUrl,
        quarantineUrl: `${tableUrl}__quarantine`,
        contract: sampleContract,
        transformHash: 'hash',
        schemaIds: [],
        flushIntervalMs: 1_000,
        flushBytesMax: 1_000_000,
        desiredState: 'running',
        ...change,
      },
    });
    await unit.audit.append(noted('data-product.onboarded'));
  });
  return { ...ids, domain, qualifiedName };
}

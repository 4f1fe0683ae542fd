import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { adviseChange, type ChangeAdvice, type Reader } from '@headwater/core-advisor';
import { parseContract, type DataContract } from '@headwater/core-contract';
import type { ApplicationRead, DataProduct, Problem } from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import type { World } from '../data-product/observe-product.ts';
import { toContractProblem } from '../data-contract/read-contract.ts';
import { PLATFORM, WORLD, type Platform } from '../services.ts';

/** Advice on a change of one product, with what its readers declared. */
export interface ProductAdvice {
  readonly product: DataProduct;
  readonly previousVersion: string;
  readonly advice: ChangeAdvice;
  /** The declaration behind each reader of the advice. */
  readonly reads: ReadonlyMap<Reader, ApplicationRead>;
  /** False when the cluster could not be asked in time. */
  readonly areGroupsObserved: boolean;
}

/** Versions that transitive modes look at. */
const versionsMax = 50;
const groupsMsMax = 4_000;

/** Asks for everybody who reads a product and compares a proposed contract with the one in force. */
@Injectable()
export class ContractAdviser {
  readonly #world: World;
  readonly #platform: Platform;

  constructor(@Inject(WORLD) world: World, @Inject(PLATFORM) platform: Platform) {
    this.#world = world;
    this.#platform = platform;
  }

  async advise(product: DataProduct, text: string): Promise<Result<ProductAdvice, readonly Problem[]>> {
    const proposal = parseContract(text);
    if (!proposal.ok) return err(proposal.error.map(toContractProblem));
    const [versions, { readers, reads }, groups] = await Promise.all([
      this.#versions(product),
      this.#readers(product),
      this.#groups(product),
    ]);
    const advice = adviseChange({
      versions,
      proposal: proposal.value,
      readers,
      ...(groups === undefined ? {} : { observedGroups: groups }),
    });
    if (!advice.ok) return err(advice.error.map(toContractProblem));
    return ok({
      product,
      previousVersion: versions.at(-1)?.odcs.version ?? '',
      advice: advice.value,
      reads,
      areGroupsObserved: groups !== undefined,
    });
  }

  /** In order of publication, the one in force last. */
  async #versions({ id, contractVersionId }: DataProduct): Promise<readonly DataContract[]> {
    const stored = await this.#world.reads.contracts.byProductIds([id]);
    const inForce = stored.filter((version) => version.id === contractVersionId);
    const earlier = stored.filter((version) => version.id !== contractVersionId).slice(0, versionsMax);
    return [...inForce, ...earlier].reverse().flatMap(({ text }) => {
      const parsed = parseContract(text);
      return parsed.ok ? [parsed.value] : [];
    });
  }

  async #readers({ id }: DataProduct) {
    const declared = await this.#world.reads.applicationReads.byProductIds([id]);
    const applications = await this.#world.reads.applications.byIds(
      declared.map(({ applicationId }) => applicationId),
    );
    const names = new Map(applications.map((application) => [application.id, application.name]));
    const reads = new Map(
      declared.map((read) => [toReader(read, names.get(read.applicationId) ?? read.applicationId), read]),
    );
    return { readers: [...reads.keys()], reads };
  }

  /** Groups of others that read the topic; undefined when the cluster does not answer in time. */
  async #groups({ id, topic }: DataProduct): Promise<readonly string[] | undefined> {
    const [pipeline] = await this.#world.reads.pipelines.byProductIds([id]);
    const asked = this.#world.kafka.groupsOf(topic.name).catch((error: unknown) => {
      this.#platform.logger.warn({ error, topic: topic.name }, 'consumer groups could not be looked at');
      return undefined;
    });
    const groups = await Promise.race([asked, sleep(groupsMsMax, undefined, { ref: false })]);
    return groups?.filter((group) => group !== `headwater.${pipeline?.spec.pipelineId}`);
  }
}

const toReader = (
  { port, fields, versionRange, schema, consumerGroup }: ApplicationRead,
  application: string,
): Reader => ({
  application,
  port,
  ...(fields === undefined ? {} : { fields }),
  ...(versionRange === undefined ? {} : { versionRange }),
  ...(schema === undefined ? {} : { schema }),
  ...(consumerGroup === undefined ? {} : { consumerGroup }),
});

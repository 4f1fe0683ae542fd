import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase, Problem } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import { findProduct } from '../data-product/find-product.ts';
import { productUnknown } from '../data-product/product-unknown.ts';
import type { MeasureQualityInput } from '../generated/schema-types.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { DATABASE, MUTATIONS, RINGS, type Rings } from '../services.ts';

type MeasureRefs = { readonly productId: string; readonly workId: string };

/** How long a caller waits for a worker's measurement. */
const answerMsMax = 25_000;
const lookEveryMs = 150;

@Injectable()
export class QualityCommands {
  readonly #database: MeshDatabase;
  readonly #mutations: Mutations;
  readonly #rings: Rings;

  constructor(
    @Inject(DATABASE) database: MeshDatabase,
    @Inject(MUTATIONS) mutations: Mutations,
    @Inject(RINGS) rings: Rings,
  ) {
    this.#database = database;
    this.#mutations = mutations;
    this.#rings = rings;
  }

  /** A staging worker measures; this waits for it a bounded time. The answer refers to the run, whose id is the work's. */
  async measure(call: MutationCall & { readonly input: MeasureQualityInput }): Promise<Outcome<MeasureRefs>> {
    const outcome = await this.#mutations.run<MeasureRefs>(call, async (unit, actor) => {
      const product = await findProduct(unit, call.input.product);
      if (product === undefined || product.status === 'retired') {
        return err([productUnknown(call.input.product)]);
      }
      const payload = { productId: product.id, trigger: 'asked' as const };
      const workId = await unit.work.add({ name: 'measure-quality', payload });
      return ok({
        refs: { productId: product.id, workId },
        audit: { event: 'quality.asked', subject: product.qualifiedName, facts: { workId, actor } },
      });
    });
    if (!outcome.ok || outcome.value.workId === undefined) return outcome;
    this.#rings.quality(outcome.value.workId);
    const problem = await this.#await(outcome.value.workId);
    return problem === undefined ? outcome : err([problem]);
  }

  async #await(workId: string): Promise<Problem | undefined> {
    for (let waitedMs = 0; waitedMs < answerMsMax; waitedMs += lookEveryMs) {
      const work = await this.#database.reads.work.status(workId);
      if (work?.state === 'done') return undefined;
      if (work?.state === 'failed') return work.error ?? failed;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return notYet;
  }
}

const failed: Problem = { code: 'HW_QUALITY_FAILED', message: 'The checks could not be measured.' };

const notYet: Problem = {
  code: 'HW_QUALITY_NO_ANSWER',
  message: 'No staging worker has measured in time; the result appears as soon as one does.',
  fix: 'Look at the staging workers, then read `quality` of the product.',
};

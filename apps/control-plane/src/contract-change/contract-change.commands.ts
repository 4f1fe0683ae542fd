import { Inject, Injectable } from '@nestjs/common';
import type { DataProduct, Problem, ProductWish } from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import { readContract, type ContractReading } from '../data-contract/read-contract.ts';
import type { ChangeOutcome, ChangeRefs } from '../data-product/change-payload.ts';
import { ChangeRequests } from '../data-product/change-requests.ts';
import { findProduct } from '../data-product/find-product.ts';
import { ProductChanges, refused } from '../data-product/product-changes.ts';
import { productUnknown } from '../data-product/product-unknown.ts';
import type { AdviseContractChangeInput, PublishContractVersionInput } from '../generated/schema-types.ts';
import type { MutationCall } from '../schema/mutation.ts';
import { ContractAdviser, type ProductAdvice } from './contract-adviser.ts';
import { judgeAdvice } from './judge-advice.ts';

export interface AdviceAnswer {
  readonly advice?: ProductAdvice;
  readonly problems: readonly Problem[];
}

/** Changes of the contract of a product that exists. */
@Injectable()
export class ContractChangeCommands {
  readonly #requests: ChangeRequests;
  readonly #changes: ProductChanges;
  readonly #adviser: ContractAdviser;

  constructor(
    @Inject(ChangeRequests) requests: ChangeRequests,
    @Inject(ProductChanges) changes: ProductChanges,
    @Inject(ContractAdviser) adviser: ContractAdviser,
  ) {
    this.#requests = requests;
    this.#changes = changes;
    this.#adviser = adviser;
  }

  /** Nothing is stored. The problems are those a publication would be refused for. */
  async advise(input: AdviseContractChangeInput): Promise<AdviceAnswer> {
    const found = await this.#find(input);
    if (!found.ok) return { problems: found.error };
    const advised = await this.#adviser.advise(found.value.product, input.contract);
    if (!advised.ok) return { problems: advised.error };
    return { advice: advised.value, problems: judgeAdvice(advised.value, { askReaders: false }) };
  }

  async publish(
    call: MutationCall & { readonly input: PublishContractVersionInput },
  ): Promise<ChangeOutcome> {
    const earlier = await this.#requests.mutations.earlier<ChangeRefs>(call);
    if (earlier !== undefined) return { outcome: earlier };
    const found = await this.#find(call.input);
    if (!found.ok) return refused(found.error);
    return this.#changes.change(call, await this.#wish(found.value));
  }

  /** Everything of the product stays as it is but its contract. */
  async #wish({ product, reading }: FoundProduct): Promise<ProductWish> {
    const [team] = await this.#requests.world.reads.teams.byIds([product.ownerTeamId]);
    const [domain = '', name = ''] = product.qualifiedName.split('/');
    const { contract, hints } = reading;
    return {
      domain,
      name,
      owner: team?.name ?? '',
      ...(hints.description === undefined ? {} : { description: hints.description }),
      contract,
      topic: hints.topic === undefined ? {} : { name: hints.topic },
      retention: product.retention,
      staging: {},
    };
  }

  async #find({
    product: name,
    contract,
  }: AdviseContractChangeInput): Promise<Result<FoundProduct, readonly Problem[]>> {
    const reading = readContract({ contract });
    if (!reading.ok) return reading;
    const { domain, name: hinted } = reading.value.hints;
    const wanted = name ?? (domain === undefined || hinted === undefined ? undefined : `${domain}/${hinted}`);
    if (wanted === undefined) return err([productUnnamed]);
    const product = await findProduct(this.#requests.world.reads, wanted);
    if (product === undefined || product.status === 'retired') return err([productUnknown(wanted)]);
    return ok({ product, reading: reading.value });
  }
}

interface FoundProduct {
  readonly product: DataProduct;
  readonly reading: ContractReading;
}

const productUnnamed: Problem = {
  code: 'HW_NAME_MISSING',
  message: 'The contract does not say which product it belongs to.',
  fix: 'Set `product`, or write domain and dataProduct into the contract.',
  path: ['product'],
};

import { Inject, Injectable } from '@nestjs/common';
import { isKebabName } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import type { CreateDomainInput } from '../generated/schema-types.ts';
import { nameNotKebab } from '../schema/name-problem.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, type Platform } from '../services.ts';

@Injectable()
export class DomainCommands {
  readonly #mutations: Mutations;
  readonly #platform: Platform;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(PLATFORM) platform: Platform) {
    this.#mutations = mutations;
    this.#platform = platform;
  }

  create(
    call: MutationCall & { readonly input: CreateDomainInput },
  ): Promise<Outcome<{ readonly domainId: string }>> {
    const { name, title } = call.input;
    return this.#mutations.run(call, async (unit) => {
      if (!isKebabName(name)) return err([nameNotKebab('domain', name)]);
      const id = this.#platform.ids.uuid();
      await unit.domains.create({ id, name, ...(title === undefined || title === null ? {} : { title }) });
      return ok({
        refs: { domainId: id },
        audit: { event: 'domain.created', subject: name, facts: { domainId: id } },
      });
    });
  }
}

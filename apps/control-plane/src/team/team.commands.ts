import { Inject, Injectable } from '@nestjs/common';
import { isKebabName } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import type { CreateTeamInput } from '../generated/schema-types.ts';
import { nameNotKebab, unknownName } from '../schema/name-problem.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, type Platform } from '../services.ts';

@Injectable()
export class TeamCommands {
  readonly #mutations: Mutations;
  readonly #platform: Platform;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(PLATFORM) platform: Platform) {
    this.#mutations = mutations;
    this.#platform = platform;
  }

  create(
    call: MutationCall & { readonly input: CreateTeamInput },
  ): Promise<Outcome<{ readonly teamId: string }>> {
    const { name, domain, contact } = call.input;
    return this.#mutations.run(call, async (unit) => {
      if (!isKebabName(name)) return err([nameNotKebab('team', name)]);
      const owner = await unit.domains.byName(domain);
      if (owner === undefined) return err([unknownName('domain', domain, 'domain')]);
      const id = this.#platform.ids.uuid();
      await unit.teams.create({
        id,
        name,
        domainId: owner.id,
        ...(contact === undefined || contact === null ? {} : { contact }),
      });
      return ok({
        refs: { teamId: id },
        audit: { event: 'team.created', subject: name, facts: { teamId: id, domain } },
      });
    });
  }
}

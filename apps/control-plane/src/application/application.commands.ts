import { Inject, Injectable } from '@nestjs/common';
import { isKebabName } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import type { RegisterApplicationInput } from '../generated/schema-types.ts';
import { nameNotKebab, unknownName } from '../schema/name-problem.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, type Platform } from '../services.ts';

const principalPattern = /^User:[\x21-\x7e]{1,200}$/;

@Injectable()
export class ApplicationCommands {
  readonly #mutations: Mutations;
  readonly #platform: Platform;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(PLATFORM) platform: Platform) {
    this.#mutations = mutations;
    this.#platform = platform;
  }

  register(
    call: MutationCall & { readonly input: RegisterApplicationInput },
  ): Promise<Outcome<{ readonly applicationId: string }>> {
    const { name, team } = call.input;
    const principal = call.input.principal ?? `User:${name}`;
    return this.#mutations.run(call, async (unit) => {
      if (!isKebabName(name)) return err([nameNotKebab('application', name)]);
      if (!principalPattern.test(principal)) return err([badPrincipal]);
      const owner = await unit.teams.byName(team);
      if (owner === undefined) return err([unknownName('team', team, 'team')]);
      const id = this.#platform.ids.uuid();
      await unit.applications.create({ id, name, teamId: owner.id, principal });
      return ok({
        refs: { applicationId: id },
        audit: {
          event: 'application.registered',
          subject: name,
          facts: { applicationId: id, team, principal },
        },
      });
    });
  }
}

const badPrincipal = {
  code: 'HW_APPLICATION_PRINCIPAL',
  message: 'A principal is `User:` followed by a name without spaces.',
  fix: 'Leave it out to get User:<name>.',
  path: ['principal'],
};

import { Inject, Injectable } from '@nestjs/common';
import { err, ok } from '@headwater/kernel';
import type { CreateTokenInput, RevokeTokenInput } from '../generated/schema-types.ts';
import { toCoreName } from '../schema/enum-name.ts';
import { unknownName } from '../schema/name-problem.ts';
import { idOf } from '../schema/global-id.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, type Platform } from '../services.ts';
import { newSecret, prefixOf } from './administrator-token.ts';

type TokenRefs = { readonly tokenId: string };

@Injectable()
export class TokenCommands {
  readonly #mutations: Mutations;
  readonly #platform: Platform;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(PLATFORM) platform: Platform) {
    this.#mutations = mutations;
    this.#platform = platform;
  }

  /** The secret is in no store; a repeated call with the same key answers the token with a secret that is not its own, so none. */
  async create(
    call: MutationCall & { readonly input: CreateTokenInput },
  ): Promise<{ readonly outcome: Outcome<TokenRefs>; readonly secret: string | null }> {
    const { ids, clock, sha256 } = this.#platform;
    const { name, role, team: teamName, expiresIn } = call.input;
    const secret = newSecret();
    const id = ids.uuid();
    const outcome = await this.#mutations.run<TokenRefs>(call, async (unit) => {
      if (role === 'PUBLIC') {
        return err([
          { code: 'HW_TOKEN_ROLE', message: 'A token cannot have the role PUBLIC.', path: ['role'] },
        ]);
      }
      const team = teamName ? await unit.teams.byName(teamName) : undefined;
      if (teamName && team === undefined) return err([unknownName('team', teamName, 'team')]);
      await unit.tokens.create({
        id,
        name,
        role: toCoreName(role),
        prefix: prefixOf(secret),
        secretHash: sha256(secret),
        ...(team === undefined ? {} : { teamId: team.id }),
        ...(expiresIn === undefined || expiresIn === null ? {} : { expiresAtMs: clock.nowMs() + expiresIn }),
      });
      return ok({
        refs: { tokenId: id },
        audit: {
          event: 'token.created',
          subject: name,
          facts: { tokenId: id, role, team: teamName ?? null, prefix: prefixOf(secret) },
        },
      });
    });
    return { outcome, secret: outcome.ok && outcome.value.tokenId === id ? secret : null };
  }

  revoke(call: MutationCall & { readonly input: RevokeTokenInput }): Promise<Outcome<TokenRefs>> {
    return this.#mutations.run<TokenRefs>(call, async (unit) => {
      const token = await unit.tokens.revoke(idOf('ApiToken', call.input.id) ?? '');
      if (token === undefined) {
        return err([{ code: 'HW_TOKEN_UNKNOWN', message: 'There is no such token.', path: ['id'] }]);
      }
      return ok({
        refs: { tokenId: token.id },
        audit: { event: 'token.revoked', subject: token.name, facts: { tokenId: token.id } },
      });
    });
  }
}

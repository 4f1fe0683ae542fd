import { isUsable, type MeshReads, type Principal } from '@headwater/core-mesh';
import type { Platform } from '../services.ts';

/** Turns the secret of a bearer token into who it belongs to. */
export interface Authentication {
  /** The principal of an `authorization` header, undefined when there is none or it is not valid. */
  authenticate(header: string | undefined): Promise<Principal | undefined>;
}

/** A revoked token is refused at most this long after. */
const rememberMs = 1_000;
const rememberedMax = 1_000;

export function createAuthentication(
  reads: Pick<MeshReads, 'tokens'>,
  { clock, sha256 }: Pick<Platform, 'clock' | 'sha256'>,
): Authentication {
  const remembered = new Map<
    string,
    { readonly untilMs: number; readonly principal: Promise<Principal | undefined> }
  >();
  const look = async (secretHash: string): Promise<Principal | undefined> => {
    const token = await reads.tokens.byHash(secretHash);
    if (token === undefined || !isUsable(token, clock.nowMs())) return undefined;
    const { id: tokenId, name, role, teamId } = token;
    return { tokenId, name, role, ...(teamId === undefined ? {} : { teamId }) };
  };
  return {
    async authenticate(header) {
      const secret = /^Bearer ([\x21-\x7e]{8,200})$/i.exec(header ?? '')?.[1];
      if (secret === undefined) return undefined;
      const secretHash = sha256(secret);
      const known = remembered.get(secretHash);
      if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.principal;
      if (remembered.size >= rememberedMax) remembered.clear();
      const principal = look(secretHash);
      principal.catch(() => remembered.delete(secretHash));
      remembered.set(secretHash, { untilMs: clock.monotonicMs() + rememberMs, principal });
      return principal;
    },
  };
}

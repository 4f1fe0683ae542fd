export type Role = 'viewer' | 'member' | 'admin';

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** First characters of the secret, to tell tokens apart. */
  readonly prefix: string;
  /** The team it acts for. */
  readonly teamId?: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
}

export interface TokenReads {
  byIds(ids: readonly string[]): Promise<readonly ApiToken[]>;
  /** The token whose secret has this SHA-256 (hex), also when it is revoked or expired. */
  byHash(secretHash: string): Promise<ApiToken | undefined>;
  /** Newest first, at most 1,000. */
  list(): Promise<readonly ApiToken[]>;
}

export interface TokenStore extends TokenReads {
  create(
    token: Pick<ApiToken, 'id' | 'name' | 'role' | 'prefix' | 'expiresAtMs' | 'teamId'> & {
      readonly secretHash: string;
    },
  ): Promise<ApiToken>;
  revoke(id: string): Promise<ApiToken | undefined>;
}

/** Who asks, as far as authorisation needs to know. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  /** The team it acts for; absent when it acts for none. */
  readonly teamId?: string;
}

const rank: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Roles are ordered: an admin may do what a member may, a member what a viewer may. */
export const isAllowed = (role: Role, required: Role): boolean => rank[role] >= rank[required];

/** Whether a token can be used at this moment. */
export const isUsable = (token: ApiToken, nowMs: number): boolean =>
  token.revokedAtMs === undefined && (token.expiresAtMs === undefined || token.expiresAtMs > nowMs);

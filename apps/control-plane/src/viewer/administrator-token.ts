import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { Platform } from '../services.ts';
import type { Settings } from '../settings.ts';

/** A secret nobody can guess, recognisable as ours when it turns up where it should not. */
export const newSecret = (): string => `hw_${randomBytes(24).toString('base64url')}`;

export const prefixOf = (secret: string): string => secret.slice(0, 8);

/**
 * Makes sure `<home>/token` (mode 600) holds a working administrator token: in local mode always, in a shared installation
 * only when there is no token at all yet. Returns the secret only when it is new, so that it can be shown once.
 */
export async function ensureAdministratorToken(
  { home, isInsecure }: Pick<Settings, 'home' | 'isInsecure'>,
  database: MeshDatabase,
  { ids, sha256 }: Pick<Platform, 'ids' | 'sha256'>,
): Promise<string | undefined> {
  if (!isInsecure && (await database.reads.tokens.list()).length > 0) return undefined;
  const file = path.join(home, 'token');
  const kept = await readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
  if (kept !== undefined) {
    const token = await database.reads.tokens.byHash(sha256(kept));
    if (token !== undefined && token.revokedAtMs === undefined) return undefined;
  }
  const secret = newSecret();
  await database.unit(async (unit) => {
    const token = await unit.tokens.create({
      id: ids.uuid(),
      name: 'administrator',
      role: 'admin',
      prefix: prefixOf(secret),
      secretHash: sha256(secret),
    });
    await unit.audit.append({
      actor: 'control-plane',
      event: 'token.created',
      subject: token.name,
      facts: { tokenId: token.id, role: token.role, prefix: token.prefix },
    });
  });
  await mkdir(home, { recursive: true });
  await writeFile(`${file}.new`, `${secret}\n`, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
  return secret;
}

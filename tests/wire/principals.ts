import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { Connection, alterUserScramCredentialsV0 } from '@platformatic/kafka';
import type { KafkaSettings } from '@headwater/platform-config';
import kafkajs, { type AclEntry } from 'kafkajs';
import type { Right } from './least-rights.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const iterations = 4_096;

/** Makes a SCRAM user, or gives it another password: what an administrator of the cluster does. */
export async function setPassword(admin: KafkaSettings, name: string, password: string): Promise<void> {
  const [host = '', port = ''] = (admin.bootstrapServers[0] ?? '').split(':');
  const { tls = {}, sasl } = admin;
  if (sasl === undefined) throw new Error('an administrator logs in');
  const { mechanism, username, password: own } = sasl;
  const connection = new Connection('test-administrator', {
    tls: { ...tls, servername: host },
    sasl: { mechanism, username, password: own },
  });
  await connection.connect(host, Number(port));
  // One user may be in a request once.
  for (const [index, hash] of (['sha256', 'sha512'] as const).entries()) {
    const salt = randomBytes(16);
    const saltedPassword = pbkdf2Sync(password, salt, iterations, hash === 'sha256' ? 32 : 64, hash);
    const credential = { name, mechanism: index + 1, iterations, salt, saltedPassword };
    await alterUserScramCredentialsV0.api.async(connection, [], [credential]);
  }
  await connection.close();
}

export async function grant(
  admin: kafkajs.Admin,
  principal: string,
  rights: readonly Right[],
): Promise<void> {
  await admin.createAcls({ acl: entriesOf(principal, rights) });
}

export async function revoke(
  admin: kafkajs.Admin,
  principal: string,
  rights: readonly Right[],
): Promise<void> {
  const filters = entriesOf(principal, rights);
  const { filterResponses } = await admin.deleteAcls({ filters });
  const removed = filterResponses.flatMap(({ matchingAcls }) => matchingAcls);
  if (removed.length !== filters.length) throw new Error(`${principal} did not have all of these rights`);
}

const entriesOf = (principal: string, rights: readonly Right[]): AclEntry[] =>
  rights.flatMap(([resource, prefix, ...operations]) =>
    operations.map((operation) => ({
      resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
      resourceName: prefix,
      resourcePatternType: ResourcePatternTypes.PREFIXED,
      principal: `User:${principal}`,
      host: '*',
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  );

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaSetup } from '@headwater/platform-embedded';
import type { Credentials } from './certificates.ts';

export interface BrokerSecurity {
  /** Folder for the broker's PEM files. */
  readonly folder: string;
  readonly ca: string;
  readonly credentials: Credentials;
  /** The super user, who makes the others. */
  readonly admin: { readonly username: string; readonly password: string };
  /** Port of the listener that asks for a client certificate. */
  readonly mutualPort: number;
  /** How long a login with SCRAM-SHA-512 lasts before it must be renewed (KIP-368), milliseconds; others last. */
  readonly sessionMs: number;
}

/**
 * A broker that lets nobody in without TLS, and nobody do anything without an ACL: SASL_SSL with PLAIN and SCRAM, and
 * SSL with client certificates. Its controller asks for a login too, so that ANONYMOUS is never a super user.
 */
export function securedBroker(security: BrokerSecurity): KafkaSetup {
  const { folder, ca, credentials, admin, mutualPort, sessionMs } = security;
  const keyStore = join(folder, 'broker.pem');
  const trustStore = join(folder, 'broker-ca.pem');
  writeFileSync(keyStore, `${credentials.key}${credentials.cert}`);
  writeFileSync(trustStore, ca);
  chmodSync(keyStore, 0o600);
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const broker = `username="${admin.username}" password="${admin.password}" user_${admin.username}="${admin.password}"`;
  return {
    scramUsers: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
      (mechanism) => `${mechanism}=[name=${admin.username},password=${admin.password}]`,
    ),
    properties: ({ port, controllerPort }) => ({
      listeners: `SASL_SSL://127.0.0.1:${port},SSL://127.0.0.1:${mutualPort},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `SASL_SSL://localhost:${port},SSL://localhost:${mutualPort}`,
      'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SASL_PLAINTEXT',
      'inter.broker.listener.name': 'SASL_SSL',
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'sasl.mechanism.controller.protocol': 'PLAIN',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.controller.plain.sasl.jaas.config': `${plain} ${broker};`,
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${plain} ${broker};`,
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': scram,
      'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': scram,
      'listener.name.sasl_ssl.scram-sha-512.connections.max.reauth.ms': String(sessionMs),
      'listener.name.ssl.ssl.client.auth': 'required',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keyStore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': trustStore,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'false',
      'super.users': `User:${admin.username}`,
    }),
  };
}

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import {
  bitString,
  boolean,
  der,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utcTime,
  utf8,
} from './der.ts';

/** A certificate and its private key, PEM texts. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWish {
  /** Common name of the subject; Kafka's principal is `User:CN=<name>`. */
  readonly commonName: string;
  /** Host names and IPv4 addresses the certificate is for. */
  readonly names?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

/** A certificate authority of a test's own. Its certificates are made with node:crypto alone, in about a millisecond. */
export interface Authority {
  /** PEM text. */
  readonly cert: string;
  issue(wish: CertificateWish): Credentials;
}

const oid = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
};

const dayMs = 86_400_000;

export function createAuthority(commonName: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(oid.basicConstraints, sequence(boolean(true)), true),
    // keyCertSign and cRLSign
    extension(oid.keyUsage, bitString(Buffer.of(0b0000_0110), 1), true),
  ];
  const issue = (wish: CertificateWish, publicKey: KeyObject, more: readonly Buffer[]): string =>
    toPem('CERTIFICATE', signed(toBeSigned(wish, publicKey, commonName, more), keys.privateKey));
  return {
    cert: issue({ commonName }, keys.publicKey, extensions),
    issue(wish) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        cert: issue(wish, publicKey, [extension(oid.subjectAltName, alternativeNames(wish), false)]),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

function toBeSigned(
  { commonName, validFrom, validTo }: CertificateWish,
  publicKey: KeyObject,
  issuer: string,
  extensions: readonly Buffer[],
): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(serial),
    sequence(objectIdentifier(oid.ecdsaWithSha256)),
    nameOf(issuer),
    sequence(
      utcTime(validFrom ?? new Date(Date.now() - dayMs)),
      utcTime(validTo ?? new Date(Date.now() + 30 * dayMs)),
    ),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
}

const signed = (body: Buffer, key: KeyObject): Buffer =>
  sequence(body, sequence(objectIdentifier(oid.ecdsaWithSha256)), bitString(sign('sha256', body, key)));

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(objectIdentifier(oid.commonName), utf8(commonName))));

const extension = (id: string, value: Buffer, isCritical: boolean): Buffer =>
  sequence(objectIdentifier(id), ...(isCritical ? [boolean(true)] : []), octetString(value));

const alternativeNames = ({ commonName, names = [commonName] }: CertificateWish): Buffer =>
  sequence(
    ...names.map((name) =>
      isIPv4(name)
        ? der(0x87, Buffer.from(name.split('.').map(Number)))
        : der(0x82, Buffer.from(name, 'latin1')),
    ),
  );

const toPem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n').trim()}\n-----END ${label}-----\n`;

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { createAuthority } from './certificates.ts';

const authority = createAuthority('test authority');

test('an issued certificate verifies against its authority, has its names, and is no authority itself', () => {
  const { cert, key } = authority.issue({ commonName: 'broker', names: ['localhost', '127.0.0.2'] });
  const [issued, root] = [new X509Certificate(cert), new X509Certificate(authority.cert)];
  expect(issued.verify(root.publicKey)).toBe(true);
  expect(issued.checkIssued(root)).toBe(true);
  expect([root.ca, issued.ca]).toEqual([true, false]);
  expect(issued.subject).toBe('CN=broker');
  expect(issued.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.2');
  expect(key).toContain('PRIVATE KEY');
});

test('a client that trusts the authority accepts the server, one that trusts another does not', async () => {
  const server = createServer({ ...authority.issue({ commonName: 'localhost' }) }, (socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  const meet = (ca: string) => {
    const socket = connect({ host: 'localhost', port, ca }, () => socket.end());
    return once(socket, 'secureConnect').then(
      () => 'accepted',
      (error: { readonly code?: string }) => error.code,
    );
  };
  expect(await meet(authority.cert)).toBe('accepted');
  expect(await meet(createAuthority('another').cert)).toMatch(/UNABLE_TO|SELF_SIGNED|SIGNATURE/);
  server.close();
});

import { expect, test } from 'vitest';
import { createScramClient } from './scram.ts';

// The exchange of RFC 7677 section 3.
const nonce = 'rOprNGfwEbeRWgbNEkqO';
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const clientFinal =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const serverFinal = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

test('answers the exchange of RFC 7677 to the letter and accepts its server', () => {
  const client = createScramClient('sha256', 'user', 'pencil', nonce);
  expect(client.firstMessage).toBe(`n,,n=user,r=${nonce}`);
  expect(client.finalMessage(serverFirst)).toBe(clientFinal);
  expect(client.isServerProven(serverFinal)).toBe(true);
});

test('a server that does not know the password is not proven', () => {
  const client = createScramClient('sha256', 'user', 'another', nonce);
  client.finalMessage(serverFirst);
  expect(client.isServerProven(serverFinal)).toBe(false);
});

test.each([
  ['of another exchange', serverFirst.replace(nonce, 'other')],
  ['with an unbounded iteration count', serverFirst.replace('i=4096', 'i=99999999')],
])('a first message %s is refused', (_case, message) => {
  expect(() => createScramClient('sha256', 'user', 'pencil', nonce).finalMessage(message)).toThrow('SCRAM');
});

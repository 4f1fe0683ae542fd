import { describe, expect, test } from 'vitest';
import { joinErrors } from './check-servers.ts';
import { judgeFault, ServerFault } from './server-fault.ts';
import { toServerError } from './server-problem.ts';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

test.each([
  [coded('ENOTFOUND'), 'host-unknown'],
  [coded('EAI_AGAIN'), 'unreachable'],
  [coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls-not-spoken'],
  [new Error('The server does not support SSL connections'), 'tls-not-spoken'],
  [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'client-certificate-refused'],
  [coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'client-certificate-refused'],
  [coded('CERT_NOT_YET_VALID'), 'certificate-expired'],
  [new Error('wrapped', { cause: coded('CERT_HAS_EXPIRED') }), 'certificate-expired'],
  [new AggregateError([new Error('no'), coded('ECONNREFUSED')]), 'unreachable'],
  [new Error('a bug'), undefined],
])('%s is the fault %s', (error, fault) => {
  expect(judgeFault(error)).toBe(fault);
});

test('only what may pass by waiting can be retried', () => {
  expect(toServerError('kafka', 'a:1', coded('ECONNREFUSED'))).toMatchObject({
    code: 'HW_KAFKA_UNREACHABLE',
    canRetry: true,
  });
  expect(toServerError('redis', 'a:1', new ServerFault('login-refused', 'no'))).toMatchObject({
    code: 'HW_REDIS_LOGIN_REFUSED',
    canRetry: false,
  });
});

describe('several errors', () => {
  const refused = toServerError('redis', 'a:1', new ServerFault('login-refused', 'no'));
  const away = toServerError('kafka', 'b:1', coded('ECONNREFUSED'));

  test('are one that lists each with its fix', () => {
    const joined = joinErrors([refused, away]);
    expect(joined).toMatchObject({ code: 'HW_SERVERS_UNUSABLE', path: 'REDIS_URL,KAFKA_BOOTSTRAP_SERVERS' });
    expect(String(joined)).toContain(refused.fix);
    expect(String(joined)).toContain(away.fix);
  });

  test('a bug among them is not hidden', () => {
    const bug = new TypeError('a bug');
    expect(joinErrors([refused, bug])).toBe(bug);
    expect(joinErrors([refused])).toBe(refused);
  });
});

import { operationalError, silentLogger, unexpectedError, userError } from '@headwater/kernel';
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { flattenErrors, formatError } from './error-format.ts';

const shared = { isLocal: false, logger: silentLogger };
const local = { isLocal: true, logger: silentLogger };
const wrapped = (cause: Error) => new GraphQLError(cause.message, { originalError: cause, path: ['a', 0] });

test('what a person can act on keeps its code and fix', () => {
  const outage = operationalError({ code: 'HW_KAFKA_UNREACHABLE', message: 'no broker', fix: 'start it' });
  expect(formatError(wrapped(outage), shared)).toEqual({
    message: 'no broker',
    extensions: { code: 'HW_KAFKA_UNREACHABLE', fix: 'start it' },
    path: ['a', 0],
  });
  expect(formatError(wrapped(userError({ code: 'HW_X', message: 'no' })), shared).extensions).toEqual({
    code: 'HW_X',
  });
});

test('a bug says nothing about itself outside local mode, and never shows a stack', () => {
  for (const bug of [
    new Error('password=hunter2'),
    unexpectedError({ code: 'HW_Y', message: 'password=hunter2' }),
  ]) {
    const shown = formatError(wrapped(bug), shared);
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|error-format/);
    expect(shown.extensions).toMatchObject({ code: 'HW_UNEXPECTED' });
    expect(JSON.stringify(formatError(wrapped(bug), local))).not.toContain('error-format');
  }
});

test('suggestions are for local mode only', () => {
  const guess = new GraphQLError('Cannot query field "secre". Did you mean "secret"?');
  expect(formatError(guess, shared).message).toBe('Cannot query field "secre".');
  expect(formatError(guess, local).message).toContain('secret');
});

test('the errors inside an invalid document are shown one by one', () => {
  const cause = Object.assign(new Error('invalid'), {
    code: 'MER_ERR_GQL_VALIDATION',
    errors: [new GraphQLError('a'), new GraphQLError('b')],
  });
  const shown = flattenErrors([wrapped(cause)]).map((error) => formatError(error, shared));
  expect(shown.map(({ message }) => message)).toEqual(['a', 'b']);
});

import { operationalError } from '@headwater/kernel';
import { expect, test } from 'vitest';
import { createLogger } from './index.ts';

function record(format: 'json' | 'text' = 'json') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createLogger({ app: 'staging-worker', level: 'info', format, destination }) };
}

test('a line is one JSON object with time, level, app, message and facts', () => {
  const { lines, logger } = record();
  logger.child({ pipelineId: 'p' }).info({ records: 3 }, 'batch committed');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'info',
    app: 'staging-worker',
    pipelineId: 'p',
    records: 3,
    message: 'batch committed',
  });
});

test('lines below the level are not written', () => {
  const { lines, logger } = record();
  logger.debug({}, 'quiet');
  expect(lines).toEqual([]);
});

test('secrets are in no line, wherever they hide', () => {
  const { lines, logger } = record();
  logger.info(
    {
      password: 'hunter2',
      connection: { databaseUrl: 'hunter2', token: 'hunter2' },
      error: operationalError({
        code: 'HW_X_DOWN',
        message: 'cannot reach postgresql://me:hunter2@db:5432/x',
        cause: new Error('redis://:hunter2@cache:6379 refused'),
      }),
    },
    'using http://me:hunter2@registry/',
  );
  expect(lines[0]).not.toContain('hunter2');
  expect(lines[0]).toContain('postgresql://***@db:5432/x');
});

test('an error fact keeps code, fix and cause', () => {
  const { lines, logger } = record();
  const error = operationalError({
    code: 'HW_X_DOWN',
    message: 'down',
    fix: 'start it',
    cause: new Error('refused'),
  });
  logger.error({ error }, 'stopped');
  const { error: told } = JSON.parse(lines[0] ?? '') as { readonly error: unknown };
  expect(told).toMatchObject({
    kind: 'operational',
    code: 'HW_X_DOWN',
    fix: 'start it',
    cause: { message: 'refused' },
  });
});

test('text format is one readable line', () => {
  const { lines, logger } = record('text');
  logger.warn({ lane: 0 }, 'lease lost');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}staging-worker: lease lost lane=0\n$/);
});

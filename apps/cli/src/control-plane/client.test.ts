import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { accepted, connectControlPlane } from './client.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

async function answering(status: number, body: string): Promise<string> {
  server = createServer((_request, response) => void response.writeHead(status).end(body));
  await new Promise<void>((resolve) => void server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('nobody listening is an error that says how to start', async () => {
  const asked = connectControlPlane({ url: 'http://127.0.0.1:1' }).ask('query { viewer { name } }');
  await expect(asked).rejects.toMatchObject({
    code: 'HW_CONTROL_PLANE_UNREACHABLE',
    kind: 'operational',
    fix: expect.stringContaining('npm start'),
  });
});

test('a refused token names the variable to set', async () => {
  const url = await answering(
    200,
    '{"data":null,"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}',
  );
  const asked = connectControlPlane({ url, token: 'old' }).ask('query { viewer { name } }');
  await expect(asked).rejects.toMatchObject({
    code: 'HW_CONTROL_PLANE_UNAUTHENTICATED',
    fix: expect.stringContaining('HEADWATER_TOKEN'),
  });
});

test('an address that is no control plane is said to be none', async () => {
  const url = await answering(404, '<html>not here</html>');
  const asked = connectControlPlane({ url }).ask('query { viewer { name } }');
  await expect(asked).rejects.toMatchObject({ code: 'HW_CONTROL_PLANE_ANSWER_UNKNOWN' });
});

test('all userErrors of a mutation become one error with the first one’s code, path and fix', () => {
  const userErrors = [
    {
      code: 'HW_POLICY_NAME',
      message: 'The name is taken.',
      fix: 'Choose another.',
      path: ['input', 'name'],
    },
    { code: 'HW_POLICY_OWNER', message: 'The owner is missing.', fix: null, path: ['input', 'owner'] },
  ];
  expect(() => accepted({ userErrors })).toThrowError(
    expect.objectContaining({
      code: 'HW_POLICY_NAME',
      message: 'The name is taken.\n  The owner is missing.',
      path: 'input.name',
      fix: 'Choose another.',
    }),
  );
  expect(accepted({ userErrors: [] })).toEqual({ userErrors: [] });
});

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { operationalError } from '@headwater/kernel';

// Below the range from which operating systems take the local ports of outgoing connections.
const lowestPort = 20_000;
const highestPort = 31_999;
const attemptsMax = 100;

/** Resolves true when a server can listen on this loopback port. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A loopback port nobody listens on and not one of `promised`; `preferred` when it is free. */
export async function chooseFreePort(
  preferred: number | undefined,
  promised: readonly number[],
): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(lowestPort, highestPort + 1);
    if (!promised.includes(port) && (await isPortFree(port))) return port;
  }
  throw operationalError({
    code: 'HW_STACK_PORT_BLOCKED',
    message: `No port between ${lowestPort} and ${highestPort} can be opened on 127.0.0.1.`,
    fix: 'End the programs that listen there, or allow listening on the loopback interface; `docker compose up -d` is the alternative.',
    canRetry: true,
  });
}

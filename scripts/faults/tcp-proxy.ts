import { createServer, connect, type Socket } from 'node:net';

/** Stands between a client and its server and breaks connections when told to. */
export interface TcpProxy {
  readonly port: number;
  /** Connections broken so far. */
  broken(): number;
  /** Breaks every connection at once, with RST. */
  resetAll(): void;
  /** Breaks the next connection whose client sends the word: before it reaches the server, or with its answer. */
  resetAt(word: string, side: 'request' | 'answer'): void;
  close(): Promise<void>;
}

export async function openTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let trap: { readonly word: string; readonly side: 'request' | 'answer' } | undefined;
  let broken = 0;
  const breakPair = (pair: readonly [Socket, Socket]): void => {
    if (!pairs.delete(pair)) return;
    broken++;
    for (const socket of pair) socket.resetAndDestroy();
  };
  const server = createServer((client) => {
    const upstream = connect(target);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let isDoomed = false;
    client.on('data', (bytes) => {
      if (trap !== undefined && bytes.includes(trap.word)) {
        const { side } = trap;
        trap = undefined;
        if (side === 'request') return breakPair(pair);
        isDoomed = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => (isDoomed ? breakPair(pair) : client.write(bytes)));
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    broken: () => broken,
    resetAll: () => [...pairs].forEach(breakPair),
    resetAt: (word, side) => void (trap = { word, side }),
    async close() {
      for (const pair of [...pairs]) pair.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { chooseFreePort } from './free-port.ts';
import { readStackFile, updateStackFile } from './stack-file.ts';
import type { StackOptions } from './stack-options.ts';

/** The remembered port of something when it is free, else a new one, which is remembered and told. */
export async function choosePort({ home, onProgress }: StackOptions, name: string): Promise<number> {
  const { ports } = readStackFile(home);
  const previous = ports[name];
  const port = await chooseFreePort(previous, Object.values(ports));
  if (previous !== undefined && previous !== port) {
    onProgress({ kind: 'port.changed', name, previous, port });
  }
  updateStackFile(home, (before) => ({ ...before, ports: { ...before.ports, [name]: port } }));
  return port;
}

/** Writes down where something answers. */
export function announce(home: string, name: string, address: string): void {
  updateStackFile(home, (before) => ({ ...before, addresses: { ...before.addresses, [name]: address } }));
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { operationalError } from '@headwater/kernel';
import { readStackFile } from '@headwater/platform-embedded';
import type { CliEnvironment } from '../environment.ts';
import { connectControlPlane, type ControlPlane } from './client.ts';

/** Name under which `up` writes the control plane's address into stack.json. */
export const controlPlaneAddress = 'control-plane';

/** The control plane of HEADWATER_URL, else the one of the local stack. */
export function findControlPlane({ home, controlPlane }: CliEnvironment): ControlPlane {
  const url = controlPlane.url ?? readStackFile(home).addresses[controlPlaneAddress];
  if (url === undefined) {
    throw operationalError({
      code: 'HW_CONTROL_PLANE_UNKNOWN',
      message: `No control plane is known: HEADWATER_URL is not set and no local stack was started in ${home}.`,
      fix: 'Start the local stack with `npm start`, or set HEADWATER_URL and HEADWATER_TOKEN.',
    });
  }
  const token = controlPlane.token ?? (controlPlane.url === undefined ? readLocalToken(home) : undefined);
  return connectControlPlane({ url: url.replace(/\/+$/, ''), ...(token === undefined ? {} : { token }) });
}

/** The administrator token of the local stack, if it was made already. */
export function readLocalToken(home: string): string | undefined {
  try {
    return readFileSync(path.join(home, 'token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

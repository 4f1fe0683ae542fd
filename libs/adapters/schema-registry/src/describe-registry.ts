import { decideRegistryFacts, type RegistryFacts } from '@headwater/core-mesh';
import { HeadwaterError } from '@headwater/kernel';
import type { RegistryRest } from './registry-rest.ts';

/** Asks the addresses that tell the products apart. Throws when the registry cannot be asked for its configuration. */
export async function describeRegistry(rest: RegistryRest, origin: RegistryRest): Promise<RegistryFacts> {
  const [config, apicurioSystemInfo, confluentVersion, karapaceHealth] = await Promise.all([
    rest.request('GET', '/config') as Promise<{ readonly compatibilityLevel?: string } | undefined>,
    optional(origin, '/apis/registry/v3/system/info'),
    optional(rest, '/v1/metadata/version'),
    optional(rest, '/_health'),
  ]);
  return decideRegistryFacts({
    defaultCompatibility: config?.compatibilityLevel ?? 'NONE',
    apicurioSystemInfo,
    confluentVersion,
    karapaceHealth,
  });
}

/** An address the registry may not have, or answer with something else than JSON. */
const optional = (rest: RegistryRest, path: string): Promise<unknown> =>
  rest.request('GET', path).catch((error: unknown) => {
    if (error instanceof HeadwaterError && error.code !== 'HW_REGISTRY_UNREACHABLE') return undefined;
    throw error;
  });

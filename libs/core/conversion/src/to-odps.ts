import { teamOf } from '@headwater/core-contract';
import type { DataContract, Odcs } from '@headwater/core-contract';
import { stringify } from 'yaml';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';

/** The data product of the contract in the Open Data Product Standard of Bitol, v1.0.0: two output ports, topic and table. */
export function toOdps(contract: DataContract): Conversion {
  const { odcs } = contract;
  const [object] = odcs.schema ?? [];
  const description = (odcs.schema ?? []).length === 1 ? object?.description : undefined;
  const product = {
    apiVersion: 'v1.0.0',
    kind: 'DataProduct',
    id: odcs.dataProduct ?? odcs.id,
    ...present({ name: odcs.dataProduct ?? odcs.name }),
    version: odcs.version,
    status: odcs.status,
    ...present({ domain: odcs.domain, tenant: odcs.tenant, tags: odcs.tags, description: odcs.description }),
    outputPorts: ['topic', 'table'].map((type) => ({
      name: `${odcs.name ?? odcs.dataProduct ?? odcs.id}-${type}`,
      type,
      version: odcs.version,
      contractId: odcs.id,
      ...present({ description }),
    })),
    ...present({ support: supportOf(odcs), team: teamObject(odcs) }),
  };
  const losses = lossesOf({
    contract,
    target: 'ODPS',
    keys: {
      contract: ['id', 'name', 'version', 'status', 'domain', 'tenant', 'tags', 'dataProduct'],
      description: ['*'],
      support: supportOf(odcs) === undefined ? [] : ['*'],
      team: ['name', 'description', 'tags'],
      member: ['*'],
    },
    alsoSaid: new Set(description === undefined ? [] : [`schema[${object?.name ?? ''}].description`]),
  });
  return { text: stringify(product, { lineWidth: 0 }), losses };
}

/** ODPS asks for a URL in each channel; one without is left to the losses. */
const supportOf = (odcs: Odcs): Odcs['support'] =>
  (odcs.support ?? []).length > 0 && odcs.support!.every(({ url }) => url !== undefined)
    ? odcs.support
    : undefined;

function teamObject(odcs: Odcs): object | undefined {
  if (odcs.team === undefined) return undefined;
  return Array.isArray(odcs.team) ? { members: teamOf(odcs).members } : odcs.team;
}

const present = (values: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

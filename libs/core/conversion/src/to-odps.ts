import { teamOf } from '@headwater/core-contract';
import type { Odcs } from '@headwater/core-contract';
import { stringify } from 'yaml';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import type { RecordTree } from './record-tree.ts';

/** The data product of the contract in the Open Data Product Standard of Bitol, v1.0.0: two output ports, topic and table. */
export function toOdps(tree: RecordTree): Conversion {
  const { odcs } = tree.contract;
  const product = {
    apiVersion: 'v1.0.0',
    kind: 'DataProduct',
    id: odcs.dataProduct ?? odcs.id,
    ...present({ name: odcs.dataProduct ?? odcs.name }),
    version: odcs.version,
    status: odcs.status,
    ...present({ domain: odcs.domain, tenant: odcs.tenant, tags: odcs.tags, description: odcs.description }),
    outputPorts: ['topic', 'table'].map((type) => ({
      name: `${odcs.name ?? tree.object.name}-${type}`,
      type,
      version: odcs.version,
      contractId: odcs.id,
      ...present({ description: tree.object.description }),
    })),
    ...present({ support: supportOf(odcs), team: teamObject(odcs) }),
  };
  const losses = lossesOf({
    contract: tree.contract,
    target: 'ODPS',
    keys: {
      contract: ['id', 'name', 'version', 'status', 'domain', 'tenant', 'tags', 'dataProduct'],
      description: ['*'],
      support: supportOf(odcs) === undefined ? [] : ['*'],
      team: ['name', 'description', 'tags'],
      member: ['*'],
    },
    alsoSaid: new Set(tree.object.description === undefined ? [] : [`${tree.path}.description`]),
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

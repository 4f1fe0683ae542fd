import { userError } from '@headwater/kernel';
import { accepted, type ControlPlane, type UserError } from '../control-plane/client.ts';
import {
  applicationQuery,
  createDomainMutation,
  createTeamMutation,
  domainQuery,
  registerApplicationMutation,
  teamQuery,
} from '../control-plane/mesh-documents.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { AppliedManifest } from './applied-manifest.ts';

type MeshManifest = Exclude<Manifest, { kind: 'DataProduct' }>;

interface MeshDeed {
  readonly query: string;
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The fields of an existing object that the manifest also states, in the manifest's form. */
  readonly stated: (found: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/**
 * Creates a domain, team or application that is not there. One that is there and says the same is left alone; one that
 * says something else is refused, because the control plane cannot change it.
 */
export async function ensureMeshObject(
  controlPlane: ControlPlane,
  manifest: MeshManifest,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<AppliedManifest> {
  const { kind } = manifest;
  const { name } = manifest.metadata;
  const deed = deedFor(manifest);
  const { found } = await controlPlane.ask<{ found: Record<string, unknown> | null }>(deed.query, { name });
  if (found !== null) {
    refuseDifferences(manifest, deed.stated(found));
    return { kind, name, outcome: 'unchanged' };
  }
  if (dryRun) return { kind, name, outcome: 'would-change' };
  const input = { name, ...deed.input };
  const { result } = await controlPlane.ask<{ result: { userErrors: readonly UserError[] } }>(deed.mutation, {
    input,
  });
  accepted(result);
  return { kind, name, outcome: 'created' };
}

function deedFor(manifest: MeshManifest): MeshDeed {
  const nameIn = (value: unknown) => (value as { readonly name: string }).name;
  switch (manifest.kind) {
    case 'Domain':
      return {
        query: domainQuery,
        mutation: createDomainMutation,
        input: manifest.spec,
        stated: ({ title }) => ({ title }),
      };
    case 'Team':
      return {
        query: teamQuery,
        mutation: createTeamMutation,
        input: manifest.spec,
        stated: ({ domain, contact }) => ({ domain: nameIn(domain), contact }),
      };
    case 'Application':
      return {
        query: applicationQuery,
        mutation: registerApplicationMutation,
        input: manifest.spec,
        stated: ({ team, principal }) => ({ team: nameIn(team), principal }),
      };
  }
}

function refuseDifferences(
  { kind, metadata, spec }: MeshManifest,
  stated: Readonly<Record<string, unknown>>,
): void {
  const different = Object.entries(spec).filter(
    ([field, wanted]) => wanted !== undefined && stated[field] !== wanted,
  );
  if (different.length === 0) return;
  const fields = different.map(([field]) => `spec.${field}`).join(', ');
  throw userError({
    code: 'HW_MANIFEST_CHANGE_UNSUPPORTED',
    message: `${kind} ${metadata.name} exists with another ${fields}, which cannot be changed by a manifest.`,
    fix: `Give ${fields} the value of \`headwater get\`, or use another name.`,
  });
}

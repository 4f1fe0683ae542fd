import path from 'node:path';
import { readFileSync } from 'node:fs';
import { HeadwaterError, userError } from '@headwater/kernel';
import { stringify } from 'yaml';
import type { CommandContext } from '../context.ts';
import { accepted, type ControlPlane } from '../control-plane/client.ts';
import { onboardMutation } from '../control-plane/product-documents.ts';
import type { Plan, ProductChange } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { ManifestOf } from '../manifest/manifest.ts';
import type { LocatedManifest } from '../manifest/parse-manifests.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import type { AppliedManifest } from './applied-manifest.ts';
import { ensureMeshObject } from './apply-mesh.ts';
import { renderPlan } from './plan-text.ts';
import { waitForOperation } from './operation-wait.ts';

export interface ApplyOptions {
  readonly file: readonly string[];
  readonly wait: boolean;
  readonly timeout: number;
}

/** Every product is judged before the first change is made: a refusal leaves nothing half applied. */
export async function apply(context: CommandContext, options: ApplyOptions): Promise<ExitCode> {
  const manifests = await readManifests(options.file);
  const controlPlane = context.controlPlane();
  for (const located of manifests) await planProduct(controlPlane, located);
  await reporting(context, async (report) => {
    for (const located of manifests) {
      const { manifest } = located;
      report(
        manifest.kind === 'DataProduct'
          ? await applyProduct(context, controlPlane, located, options)
          : await ensureMeshObject(controlPlane, manifest),
      );
    }
  });
  return exitCode.ok;
}

/** Shows what `apply` would do; drift when it would do something. */
export async function diff(context: CommandContext, { file }: Pick<ApplyOptions, 'file'>): Promise<ExitCode> {
  const manifests = await readManifests(file);
  const controlPlane = context.controlPlane();
  const hasDrift = await reporting(context, async (report) => {
    let isDifferent = false;
    for (const located of manifests) {
      const { manifest } = located;
      const planned =
        manifest.kind === 'DataProduct'
          ? toPlanned(manifest, await planProduct(controlPlane, located))
          : await ensureMeshObject(controlPlane, manifest, { dryRun: true });
      isDifferent ||= planned.outcome !== 'unchanged';
      report(planned);
    }
    return isDifferent;
  });
  return hasDrift ? exitCode.drift : exitCode.ok;
}

async function planProduct(controlPlane: ControlPlane, located: LocatedManifest): Promise<Plan | undefined> {
  if (located.manifest.kind !== 'DataProduct') return undefined;
  return (await onboard(controlPlane, located, located.manifest, true)).plan ?? undefined;
}

async function applyProduct(
  { terminal, messages }: CommandContext,
  controlPlane: ControlPlane,
  located: LocatedManifest,
  { wait, timeout }: ApplyOptions,
): Promise<AppliedManifest> {
  const manifest = located.manifest as ManifestOf<'DataProduct'>;
  const { plan, operation, changeRequest } = await onboard(controlPlane, located, manifest, false);
  const about = { kind: 'DataProduct', name: nameOf(manifest), ...(plan === null ? {} : { plan }) };
  if (operation !== null) {
    const accepted = { ...about, operationId: operation.id };
    if (!wait) return { ...accepted, outcome: 'accepted' };
    const onStep = (title: string) => terminal.say(messages.change.waiting(title));
    await waitForOperation(controlPlane, operation, { secondsMax: timeout, onStep });
    return { ...accepted, outcome: 'applied' };
  }
  if (changeRequest?.status === 'PROPOSED') {
    return { ...about, outcome: 'awaiting-approval', changeRequestId: changeRequest.id };
  }
  return { ...about, outcome: 'unchanged' };
}

async function onboard(
  controlPlane: ControlPlane,
  located: LocatedManifest,
  manifest: ManifestOf<'DataProduct'>,
  dryRun: boolean,
): Promise<ProductChange> {
  const input = { ...toOnboardInput(located, manifest), dryRun };
  const { result } = await controlPlane.ask<{ result: ProductChange }>(onboardMutation, { input });
  try {
    return accepted(result);
  } catch (error) {
    throw locateRefusal(error, located, result);
  }
}

function toOnboardInput({ file }: LocatedManifest, { metadata, spec }: ManifestOf<'DataProduct'>) {
  const { contract, contractFile, retention, staging, ...rest } = spec;
  return {
    ...rest,
    domain: metadata.domain,
    name: metadata.name,
    contract: contractFile === undefined ? stringify(contract) : readContract(file, contractFile),
    ...(retention === undefined
      ? {}
      : {
          retention: {
            ...retention,
            ...(retention.mode && { mode: retention.mode.replace('-', '_').toUpperCase() }),
          },
        }),
    ...(staging === undefined
      ? {}
      : { staging: { ...staging, ...(staging.flushBytes && { flushBytes: String(staging.flushBytes) }) } }),
  };
}

function readContract(manifestFile: string, contractFile: string): string {
  const file = path.resolve(path.dirname(manifestFile), contractFile);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw userError({
      code: 'HW_MANIFEST_CONTRACT_UNREADABLE',
      message: `${manifestFile} names the contract ${contractFile}, and ${file} cannot be read.`,
      fix: 'Correct contractFile; it is relative to the manifest.',
      cause,
    });
  }
}

/** Says where in the manifest the control plane's complaint was written. */
function locateRefusal(error: unknown, located: LocatedManifest, { userErrors }: ProductChange): unknown {
  const [first] = userErrors;
  if (!(error instanceof HeadwaterError) || first === undefined) return error;
  const { code, message, fix } = error;
  const written = first.path.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const isName = written[0] === 'name' || written[0] === 'domain';
  const at = located.locate(isName ? ['metadata', ...written] : ['spec', ...written]);
  return userError({ code, message, path: at, ...(fix === undefined ? {} : { fix }), cause: error.cause });
}

const nameOf = ({ metadata }: ManifestOf<'DataProduct'>) => `${metadata.domain}/${metadata.name}`;

function toPlanned(manifest: ManifestOf<'DataProduct'>, plan: Plan | undefined): AppliedManifest {
  const changes = plan?.changes.filter(({ action }) => action !== 'NONE') ?? [];
  return {
    kind: 'DataProduct',
    name: nameOf(manifest),
    outcome: changes.length === 0 ? 'unchanged' : 'would-change',
    ...(plan === undefined ? {} : { plan }),
  };
}

/** Says what became of each manifest as it happens; `json` is one array, printed also when a later manifest fails. */
async function reporting<T>(
  context: CommandContext,
  action: (report: (applied: AppliedManifest) => void) => Promise<T>,
): Promise<T> {
  const { terminal } = context;
  const format = context.format();
  const reported: AppliedManifest[] = [];
  try {
    return await action((applied) => {
      reported.push(applied);
      if (format === 'jsonl') terminal.print(JSON.stringify(applied));
      if (format === 'table') sayApplied(context, applied);
    });
  } finally {
    if (format === 'json' && reported.length > 0) terminal.print(JSON.stringify(reported, undefined, 2));
  }
}

function sayApplied({ terminal, messages }: CommandContext, applied: AppliedManifest): void {
  const { kind, name, outcome, plan, changeRequestId } = applied;
  if (plan !== undefined && outcome !== 'unchanged') terminal.print(renderPlan(plan, name, messages));
  if (outcome === 'unchanged' && plan !== undefined) terminal.print(messages.change.noChanges(name));
  else if (outcome === 'unchanged') terminal.print(messages.change.unchanged(kind, name));
  else if (outcome === 'created') terminal.print(messages.change.created(kind, name));
  else if (changeRequestId !== undefined)
    terminal.print(messages.change.awaitsApproval(name, changeRequestId));
  else terminal.print(messages.change.applied(name, outcome));
}

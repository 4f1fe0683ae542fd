import {
  chooseObject,
  diffContracts,
  isVersionEnough,
  type ContractChangelog,
  type ContractProblem,
  type DataContract,
} from '@headwater/core-contract';
import { ok, type Result } from '@headwater/kernel';
import { buildBridge, type Bridge } from './bridge.ts';
import { combineOrders, effectsOf, type ContractEffect, type RolloutOrder } from './contract-effect.ts';
import { fieldsOf } from './contract-fields.ts';
import { contractSchemas, modeVerdicts, type ModeVerdict } from './contract-schemas.ts';
import { judgeReader } from './reader-impact.ts';
import type { ImpactReason, Reader, ReaderImpact } from './reader.ts';

export interface ChangeQuestion {
  /** Versions of the contract in order of publication; the last one is in force. At least one. */
  readonly versions: readonly DataContract[];
  readonly proposal: DataContract;
  readonly readers: readonly Reader[];
  /** Consumer groups that were seen on the topic, without our own. */
  readonly observedGroups?: readonly string[];
}

/** What a change of a contract means for everybody who reads and writes, and how to bring it about. */
export interface ChangeAdvice {
  readonly changelog: ContractChangelog;
  readonly version: {
    readonly given: string;
    /** The least version the changes ask for. */
    readonly needed: string;
    readonly isEnough: boolean;
  };
  readonly compatibility: readonly ModeVerdict[];
  /** One entry per reader, those that break first, then by application and port. */
  readonly impacts: readonly ReaderImpact[];
  /** What producers must do differently. */
  readonly writers: readonly ImpactReason[];
  readonly rolloutOrder: RolloutOrder;
  /** Groups that read the topic and belong to no reader that is known. */
  readonly unknownGroups: readonly string[];
  readonly bridge?: Bridge;
}

/** Compares a proposed contract with the one in force from the side of each reader. */
export function adviseChange(question: ChangeQuestion): Result<ChangeAdvice, readonly ContractProblem[]> {
  const { versions, proposal } = question;
  const before = versions.at(-1) ?? proposal;
  const [old, now] = [chooseObject(before), chooseObject(proposal)];
  if (!old.ok) return old;
  if (!now.ok) return now;
  const changelog = diffContracts(before.odcs, proposal.odcs);
  const sides = {
    objectName: now.value.object.name,
    before: fieldsOf(old.value.object, old.value.path),
    after: fieldsOf(now.value.object, now.value.path),
  };
  const effects = effectsOf(changelog.changes, sides);
  const schemas = versions.map(contractSchemas);
  const after = contractSchemas(proposal);
  const change = {
    effects,
    contractVersion: proposal.odcs.version,
    before: schemas.at(-1) ?? after,
    after,
  };
  const { classification, semver: needed } = changelog;
  const given = proposal.odcs.version;
  const bridge = buildBridge(before, proposal, { ...sides, effects, at: now.value.path });
  return ok({
    changelog,
    version: { given, needed, isEnough: isVersionEnough(before.odcs.version, given, classification) },
    compatibility: modeVerdicts(after, schemas),
    impacts: question.readers.map((reader) => judgeReader(reader, change)).sort(byWeight),
    writers: writerReasons(effects),
    rolloutOrder: combineOrders(effects),
    unknownGroups: unknownGroups(question),
    ...(bridge === undefined ? {} : { bridge }),
  });
}

const writerReasons = (effects: readonly ContractEffect[]): readonly ImpactReason[] =>
  effects.flatMap(({ writers, field, rule, message }) =>
    writers === 'break' ? [{ ...(field === undefined ? {} : { field }), rule, message }] : [],
  );

/** A group belongs to the application that declares it, or that has its name. */
function unknownGroups({ readers, observedGroups = [] }: ChangeQuestion): readonly string[] {
  const known = new Set(
    readers.flatMap(({ application, consumerGroup }) => [application, consumerGroup ?? application]),
  );
  return observedGroups.filter((group) => !known.has(group)).sort();
}

const WEIGHT: Readonly<Record<ReaderImpact['verdict'], number>> = { breaks: 0, migrates: 1, unaffected: 2 };

const byWeight = (a: ReaderImpact, b: ReaderImpact): number =>
  WEIGHT[a.verdict] - WEIGHT[b.verdict] || compareText(nameOf(a), nameOf(b));

const nameOf = ({ reader }: ReaderImpact): string => `${reader.application} ${reader.port}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import { inOrderOfPosition } from '../contract-problem.ts';
import type { ContractProblem, DocumentPath } from '../contract-problem.ts';
import { parseYaml, writeYaml } from './contract-source.ts';
import type { ContractSource } from './contract-source.ts';
import { customPropertyProblems } from './custom-properties.ts';
import { parseStructure } from './odcs-structure.ts';
import type { Odcs, OdcsTeamMember } from './odcs.ts';
import { toProblems } from './structure-problems.ts';

/** An ODCS contract: its data, complete and in the standard's words, with the text it was read from. */
export interface DataContract {
  readonly odcs: Odcs;
  readonly source: ContractSource;
}

/**
 * Parses ODCS YAML (or JSON) of versions 3.0.0 to 3.1.0. Every problem has line, column and fix; keys the standard does
 * not have are refused, everything it has is kept.
 */
export function parseContract(text: string): Result<DataContract, readonly ContractProblem[]> {
  const yaml = parseYaml(text);
  if (!yaml.ok) return yaml;
  const { data, source } = yaml.value;
  const structure = parseStructure(data);
  if ('issues' in structure) return err(inOrderOfPosition(toProblems(structure.issues, data, source)));
  const problems = customPropertyProblems(structure.odcs, source);
  return problems.length > 0 ? err(inOrderOfPosition(problems)) : ok({ odcs: structure.odcs, source });
}

/** A change to one place of a contract; `undefined` removes it. */
export interface ContractEdit {
  readonly path: DocumentPath;
  readonly value: unknown;
}

/** The contract as YAML with `edits` made: comments, order, digits and everything unknown to us are kept. */
export const writeContract = (contract: DataContract, edits: readonly ContractEdit[] = []): string =>
  writeYaml(contract.source.text, edits);

/** The team in both shapes the standard has: the object of v3.1.0 and the older array of members. */
export function teamOf(odcs: Odcs): {
  readonly name: string | undefined;
  readonly members: readonly OdcsTeamMember[];
} {
  const { team } = odcs;
  if (team === undefined) return { name: undefined, members: [] };
  if (isMembers(team)) return { name: undefined, members: team };
  return { name: team.name, members: team.members ?? [] };
}

const isMembers = (team: NonNullable<Odcs['team']>): team is readonly OdcsTeamMember[] => Array.isArray(team);

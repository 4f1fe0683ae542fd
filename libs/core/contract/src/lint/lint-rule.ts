import { formatPath } from '../contract-problem.ts';
import type { ContractProblem, DocumentPath, ProblemSeverity } from '../contract-problem.ts';
import type { DataContract } from '../odcs/data-contract.ts';
import type { OdcsObject, OdcsProperty } from '../odcs/odcs.ts';

/** What a lint rule found: where, what, and how to mend it. */
export interface Finding {
  readonly at: DocumentPath;
  readonly message: string;
  readonly fix: string;
}

export interface LintRule {
  /** Stable id in kebab case. */
  readonly rule: string;
  readonly severity: ProblemSeverity;
  readonly find: (contract: DataContract) => readonly Finding[];
}

export const toProblem = (
  contract: DataContract,
  { rule, severity }: LintRule,
  finding: Finding,
): ContractProblem => ({
  rule,
  severity,
  message: finding.message,
  fix: finding.fix,
  path: formatPath(finding.at),
  ...contract.source.positionOf(finding.at),
});

export interface PropertyAt {
  readonly property: OdcsProperty;
  readonly path: DocumentPath;
  /** Name with its parents, for messages. */
  readonly name: string;
  readonly isTopLevel: boolean;
}

/** Every property of every object, outer before inner. */
export const allProperties = (contract: DataContract): readonly PropertyAt[] =>
  (contract.odcs.schema ?? []).flatMap((object, i) => objectProperties(object, ['schema', i]));

export const objectProperties = (object: OdcsObject, path: DocumentPath): readonly PropertyAt[] =>
  (object.properties ?? []).flatMap((property, i) =>
    withInner(property, [...path, 'properties', i], '', true),
  );

function withInner(
  property: OdcsProperty,
  path: DocumentPath,
  parent: string,
  isTopLevel: boolean,
): readonly PropertyAt[] {
  const name = parent + (property.name ?? '[]');
  return [
    { property, path, name, isTopLevel },
    ...(property.properties ?? []).flatMap((inner, i) =>
      withInner(inner, [...path, 'properties', i], `${name}.`, false),
    ),
    ...(property.items === undefined ? [] : withInner(property.items, [...path, 'items'], name, false)),
  ];
}

/** `a, b, c and 4 more`. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

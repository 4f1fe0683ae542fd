import { compileContract } from '../compile/compile-contract.ts';
import { inOrderOfPosition } from '../contract-problem.ts';
import type { ContractProblem } from '../contract-problem.ts';
import { parseContract } from '../odcs/data-contract.ts';
import { DOCUMENT_RULES } from './document-rules.ts';
import { ENFORCEMENT_RULES } from './enforcement-rules.ts';
import { toProblem } from './lint-rule.ts';
import { PROPERTY_RULES } from './property-rules.ts';

/**
 * Everything there is to say about a contract, in order of position: what keeps it from being parsed or compiled
 * (`error`), what a product should have (`warning`), and what is good to know (`info`). A contract without errors can
 * be onboarded.
 */
export function lintContract(text: string): readonly ContractProblem[] {
  const contract = parseContract(text);
  if (!contract.ok) return contract.error;
  const compiled = compileContract(contract.value);
  const found = [...DOCUMENT_RULES, ...PROPERTY_RULES, ...ENFORCEMENT_RULES].flatMap((rule) =>
    rule.find(contract.value).map((finding) => toProblem(contract.value, rule, finding)),
  );
  return inOrderOfPosition([...(compiled.ok ? [] : compiled.error), ...found]);
}

import { compileContract, parseContract, type ContractProblem } from '@headwater/core-contract';
import type { DesiredContract, Problem } from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';

export interface ContractReading {
  readonly contract: DesiredContract;
  readonly hints: {
    readonly domain?: string;
    readonly name?: string;
    readonly owner?: string;
    readonly description?: string;
    readonly topic?: string;
    readonly retentionMs?: number;
  };
}

export function readContract(input: {
  readonly contract?: string | null | undefined;
  readonly samples?: readonly string[] | null | undefined;
}): Result<ContractReading, readonly Problem[]> {
  const text = input.contract ?? '';
  const parsed = parseContract(text);
  if (!parsed.ok) return err(parsed.error.map(toContractProblem));
  const compiled = compileContract(parsed.value);
  if (!compiled.ok) return err(compiled.error.map(toContractProblem));
  const { odcs } = parsed.value;
  return ok({
    contract: {
      contractId: odcs.id,
      contractVersion: odcs.version,
      text,
      compiled: compiled.value,
      jsonSchema: JSON.stringify({ type: 'object' }),
    },
    hints: {},
  });
}

export const toContractProblem = ({ rule, message, fix, path, line, column }: ContractProblem): Problem => ({
  code: `HW_CONTRACT_${rule.toUpperCase().replaceAll('-', '_')}`,
  message: `${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
  fix,
  path: ['contract'],
});

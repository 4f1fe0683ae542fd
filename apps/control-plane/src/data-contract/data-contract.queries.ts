import { Injectable } from '@nestjs/common';
import { inferContract, lintContract, toSample, type ContractProblem } from '@headwater/core-contract';
import { isKebabName } from '@headwater/core-mesh';
import type {
  ContractLint,
  InferContractInput,
  InferContractResult,
  LintFinding,
} from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toUserErrors } from '../schema/mutation.ts';
import { nameNotKebab } from '../schema/name-problem.ts';
import { toProperty } from './data-contract.map.ts';
import { samplesMax, toContractProblem } from './read-contract.ts';

/** Judgements about contracts; nothing is stored. */
@Injectable()
export class DataContractQueries {
  lint(contract: string): ContractLint {
    const findings = lintContract(contract);
    return {
      isValid: findings.every(({ severity }) => severity !== 'error'),
      findings: findings.map(toFinding),
    };
  }

  infer({ domain, name, owner, samples }: InferContractInput): InferContractResult {
    const problems = [
      ...(isKebabName(domain) ? [] : [{ ...nameNotKebab('domain', domain), path: ['domain'] }]),
      ...(isKebabName(name) ? [] : [nameNotKebab('product', name)]),
    ];
    if (problems.length > 0) return { userErrors: toUserErrors(problems) };
    const sample = toSample(samples.slice(0, samplesMax));
    const inferred = inferContract(sample, { domain, name, ...(owner ? { owner } : {}) });
    if (!inferred.ok) {
      const found = inferred.error.map((problem) => ({ ...toContractProblem(problem), path: ['samples'] }));
      return { userErrors: toUserErrors(found) };
    }
    const { text, compiled, recordsRead, refused } = inferred.value;
    const refusals = refused.map(({ line, reason, path, detail }) => ({
      severity: 'WARNING' as const,
      rule: reason,
      message: detail,
      path,
      line,
    }));
    return {
      contract: {
        yaml: text,
        properties: compiled.columns.map(toProperty),
        findings: [...lintContract(text).map(toFinding), ...refusals],
        sampleCount: recordsRead,
      },
      userErrors: [],
    };
  }
}

const toFinding = ({ severity, ...finding }: ContractProblem): LintFinding => ({
  ...finding,
  severity: toEnumName(severity),
});

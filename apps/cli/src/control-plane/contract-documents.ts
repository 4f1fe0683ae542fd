import type { UserError } from './client.ts';
import { operationFields } from './product-documents.ts';
import type { Operation } from './types.ts';

const userErrors = 'userErrors { code message fix path }';
const adviceFields = `
  dataProduct { qualifiedName }
  previousVersion contractVersion neededVersion isVersionEnough classification
  changes { path kind classification message }
  compatibility { mode compatible violations { path rule message fix } }
  readers { application { name team { name } } port verdict reasons { field rule message } }
  writers { field rule message }
  rolloutOrder unknownReaders
  bridge { contract contractVersion steps }`;

export const adviseContractChangeQuery = `
  query ($input: AdviseContractChangeInput!) {
    result: adviseContractChange(input: $input) { advice { ${adviceFields} } ${userErrors} }
  }`;

export const publishContractVersionMutation = `
  mutation ($input: PublishContractVersionInput!) {
    result: publishContractVersion(input: $input) {
      dataProduct { qualifiedName }
      changeRequest { id status reviewTasks { id status verdict application { name } } }
      advice { ${adviceFields} }
      operation { ${operationFields} }
      ${userErrors}
    }
  }`;

export interface Reason {
  readonly field: string | null;
  readonly rule: string;
  readonly message: string;
}

export interface ContractAdvice {
  readonly dataProduct: { readonly qualifiedName: string } | null;
  readonly contractVersion: string;
  readonly neededVersion: string;
  readonly classification: string;
  readonly changes: readonly { readonly message: string }[];
  readonly compatibility: readonly { readonly mode: string; readonly compatible: boolean }[];
  readonly readers: readonly {
    readonly application: { readonly name: string };
    readonly port: string;
    readonly verdict: 'BREAKS' | 'MIGRATES' | 'UNAFFECTED';
    readonly reasons: readonly Reason[];
  }[];
  readonly writers: readonly Reason[];
  readonly rolloutOrder: 'ANY' | 'READERS_FIRST' | 'WRITERS_FIRST' | 'NONE';
  readonly unknownReaders: readonly string[] | null;
  readonly bridge: {
    readonly contract: string;
    readonly contractVersion: string;
    readonly steps: readonly string[];
  } | null;
}

export interface AdviceAnswer {
  readonly result: { readonly advice: ContractAdvice | null; readonly userErrors: readonly UserError[] };
}

export interface PublishAnswer {
  readonly result: {
    readonly changeRequest: {
      readonly id: string;
      readonly status: string;
      readonly reviewTasks: readonly { readonly application: { readonly name: string } }[];
    } | null;
    readonly advice: ContractAdvice | null;
    readonly operation: Operation | null;
    readonly userErrors: readonly UserError[];
  };
}

const qualityFields = `
  id status contractVersion tableVersion rows trigger measuredAt
  checks { path name status measured rows message }`;

export const productQualityQuery = `
  query ($name: String!, $first: Int!) {
    dataProduct(name: $name) { qualityRuns(first: $first) { nodes { ${qualityFields} } } }
  }`;

export const measureQualityMutation = `
  mutation ($input: MeasureQualityInput!) {
    result: measureQuality(input: $input) { qualityRun { ${qualityFields} } ${userErrors} }
  }`;

export interface QualityRun {
  readonly status: string;
  readonly contractVersion: string;
  readonly tableVersion: string | null;
  readonly rows: string | null;
  readonly trigger: string;
  readonly measuredAt: string;
  readonly checks: readonly { readonly path: string; readonly status: string; readonly message: string }[];
}

export interface QualityAnswer {
  readonly dataProduct: { readonly qualityRuns: { readonly nodes: readonly QualityRun[] } } | null;
}

export interface MeasureAnswer {
  readonly result: {
    readonly qualityRun: QualityRun | null;
    readonly userErrors: readonly UserError[];
  };
}

import type { Problem } from './story-queries.ts';

/** What a change of a contract asks, in the words a domain team's own program would use. */
const advice = `advice {
  classification neededVersion isVersionEnough rolloutOrder unknownReaders
  readers { application { name team { name } } port verdict reasons { field rule message } }
  compatibility { mode compatible violations { path rule } }
  bridge { contract contractVersion steps }
}`;

export const adviceQuery = `
  query ($input: AdviseContractChangeInput!) {
    adviseContractChange(input: $input) { ${advice} userErrors { code message fix path } }
  }
`;

export const publishMutation = `
  mutation ($input: PublishContractVersionInput!) {
    publishContractVersion(input: $input) {
      changeRequest { status reviewTasks { id status verdict application { name } reasons { field rule } } }
      ${advice}
      operation { id status }
      userErrors { code message fix path }
    }
  }
`;

export const completeReviewMutation = `
  mutation ($input: CompleteReviewTaskInput!) {
    completeReviewTask(input: $input) {
      reviewTask { status decidedBy }
      changeRequest { status reviewTasks { id status verdict application { name } reasons { field rule } } }
      operation { id status }
      userErrors { code message fix path }
    }
  }
`;

export const declareReadMutation = `
  mutation ($input: DeclareReadInput!) {
    declareRead(input: $input) { read { fields port } userErrors { code message } }
  }
`;

const qualityFields = `status contractVersion tableVersion rows trigger checks { name status measured rows }`;

export const measureMutation = `
  mutation ($input: MeasureQualityInput!) {
    measureQuality(input: $input) { qualityRun { ${qualityFields} } userErrors { code message } }
  }
`;

/** What is it, who owns it, may I trust it, how do I read it, what changed. */
export const contractPageQuery = `
  query ($name: String!) {
    dataProduct(name: $name) {
      status
      description
      owner { name domain { name } }
      contract { contractVersion purpose promises { property value unit } jsonSchema properties { name type required } }
      contractVersions { contractVersion changelog { previousVersion classification changes { path message } } }
      connection { snippets { title code } }
      readers { application { name } port fields }
      quality { ${qualityFields} }
      qualityRuns(first: 10) { totalCount nodes { ${qualityFields} } }
      openIncidents { kind cause }
      pipeline { status { ledger { landed } } }
    }
  }
`;

export interface Advice {
  readonly classification: string;
  readonly readers: readonly {
    readonly application: { readonly name: string };
    readonly verdict: string;
  }[];
  readonly compatibility: readonly { readonly mode: string; readonly compatible: boolean }[];
  readonly bridge: { readonly contract: string; readonly steps: readonly string[] } | null;
}

export interface Publication {
  readonly changeRequest: {
    readonly status: string;
    readonly reviewTasks: readonly {
      readonly id: string;
      readonly application: { readonly name: string };
      readonly reasons: readonly { readonly field: string | null }[];
    }[];
  } | null;
  readonly operation: { readonly id: string; readonly status: string } | null;
  readonly userErrors: readonly Problem[];
}

export interface ContractPage {
  readonly status: string;
  readonly contract: {
    readonly contractVersion: string;
    readonly properties: readonly { readonly name: string; readonly required: boolean }[];
  };
  readonly connection: { readonly snippets: readonly object[] };
  readonly readers: readonly object[];
  readonly quality: { readonly rows: string | null; readonly trigger: string } | null;
  readonly qualityRuns: { readonly nodes: readonly { readonly status: string }[] };
  readonly pipeline: { readonly status: { readonly ledger: { readonly landed: string } } };
}

/** What the story asks, in the words a domain team's own program would use. */
export const onboardMutation = `
  mutation ($input: OnboardDataProductInput!) {
    onboardDataProduct(input: $input) {
      dataProduct { id version }
      changeRequest { id status approvals { by decision } }
      plan { hash dataLoss changes { action resource name } findings { rule mode } }
      operation { id status }
      userErrors { code message fix path docUrl }
    }
  }
`;

export const retireMutation = `
  mutation ($input: RetireDataProductInput!) {
    retireDataProduct(input: $input) {
      plan { dataLoss changes { action resource } }
      operation { id }
      userErrors { code message fix path }
    }
  }
`;

export const planRetentionMutation = `
  mutation ($input: PlanRetentionInput!) {
    planRetention(input: $input) {
      retentionPlan {
        hash state productName
        actions { action target detail records bytes files heldBackBy }
        kept { target reason }
      }
      userErrors { code message fix path }
    }
  }
`;

export const applyRetentionMutation = `
  mutation ($input: ApplyRetentionInput!) {
    applyRetention(input: $input) { operation { id } userErrors { code message fix path } }
  }
`;

export interface RetentionPlan {
  readonly hash: string;
  readonly state: string;
  readonly productName: string;
  readonly actions: readonly {
    readonly action: string;
    readonly target: string;
    readonly records: string | null;
  }[];
}

export const operationSubscription = `
  subscription ($id: ID!) {
    operationChanged(id: $id) { status progress steps { title status detail } error { code message fix } }
  }
`;

export const productQuery = `
  query ($name: String!) {
    dataProduct(name: $name) {
      id
      status
      version
      owner { name domain { name } }
      contract { contractVersion properties { name type required personal } }
      outputPorts { kind location valueSubject topic { name drift partitions observedAt } }
      retention { period mode topicConfigs { key value } }
      pipeline { desiredState version }
      connection { bootstrapServers topic snippets { title language code } }
    }
  }
`;

export const statusQuery = `
  query ($product: String!) {
    pipelineStatus(product: $product) {
      desiredState
      lagRecords
      lagSeconds
      lastCommitAt
      lanes { state owner partitions { partition nextOffset highWatermark } error { code message fix } }
      table { url version files rows }
      quarantineTable { version rows }
      ledger { offsets landed quarantined isBalanced }
      quarantineGroups { stage reason path records examplePartition exampleOffset }
      openIncidents { kind cause }
    }
  }
`;

export const statusSubscription = `
  subscription ($product: String!) {
    pipelineStatusChanged(product: $product) { productName ledger { landed quarantined } }
  }
`;

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
  readonly path: readonly string[];
}

export interface Change {
  readonly dataProduct: { readonly id: string; readonly version: number } | null;
  readonly changeRequest: { readonly status: string; readonly approvals: readonly object[] } | null;
  readonly plan: {
    readonly hash: string;
    readonly dataLoss: boolean;
    readonly changes: readonly {
      readonly action: string;
      readonly resource: string;
      readonly name: string;
    }[];
  } | null;
  readonly operation: { readonly id: string; readonly status: string } | null;
  readonly userErrors: readonly Problem[];
}

export interface Operation {
  readonly status: string;
  readonly progress: number;
  readonly steps: readonly {
    readonly title: string;
    readonly status: string;
    readonly detail: string | null;
  }[];
  readonly error: { readonly code: string; readonly message: string; readonly fix: string | null } | null;
}

export interface Status {
  readonly desiredState: string;
  readonly lagRecords: string | null;
  readonly lagSeconds: number | null;
  readonly lanes: readonly {
    readonly state: string;
    readonly owner: string | null;
    readonly error: { readonly code: string; readonly message: string; readonly fix: string | null } | null;
  }[];
  readonly table: {
    readonly url: string;
    readonly version: string | null;
    readonly files: number;
    readonly rows: string;
  };
  readonly ledger: {
    readonly offsets: string;
    readonly landed: string;
    readonly quarantined: string;
    readonly isBalanced: boolean;
  };
  readonly quarantineGroups: readonly {
    readonly stage: string;
    readonly reason: string;
    readonly path: string;
    readonly records: string;
    readonly examplePartition: number;
    readonly exampleOffset: string;
  }[];
}

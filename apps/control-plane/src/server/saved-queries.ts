/** Queries the local query page opens with, one tab each. A test runs every one of them. */
export const savedQueries: readonly { readonly title: string; readonly query: string }[] = [
  {
    title: 'products',
    query: `# Every data product, its owner, and where it is.
query Products {
  dataProducts(first: 20) {
    totalCount
    nodes {
      qualifiedName
      status
      owner { name contact }
      outputPorts { kind location topic { drift observedAt } }
      contract { contractVersion properties { name type required personal } }
      connection { bootstrapServers snippets { title language code } }
    }
  }
}
`,
  },
  {
    title: 'staging',
    query: `# What every pipeline is doing: lag, ledger, table, quarantine.
query Staging {
  pipelineStatuses {
    productName
    desiredState
    lagRecords
    lagSeconds
    recordsPerSecond
    lastCommitAt
    table { url version files rows }
    ledger { offsets landed quarantined isBalanced }
    lanes { lane state owner error { code message fix } }
    quarantineGroups { stage reason path records }
    openIncidents { id kind cause fix from to }
  }
}
`,
  },
  {
    title: 'live',
    query: `# The same, live.
subscription Live {
  pipelineStatusChanged {
    productName
    recordsPerSecond
    lagRecords
    lagSeconds
    ledger { landed quarantined }
    table { version }
  }
}
`,
  },
  {
    title: 'onboard (dry run)',
    query: `# Plans a product from two records; nothing is stored. Leave out dryRun to make it.
mutation Onboard {
  onboardDataProduct(
    input: {
      domain: "shop"
      name: "orders"
      owner: "shop-team"
      samples: [
        "{\\"order_id\\":\\"o-1\\",\\"placed_at\\":\\"2026-05-01T12:00:00Z\\",\\"amount\\":12.5}"
        "{\\"order_id\\":\\"o-2\\",\\"placed_at\\":\\"2026-05-01T12:00:05Z\\",\\"amount\\":7}"
      ]
      dryRun: true
    }
  ) {
    plan { hash changes { action resource name reason } findings { rule mode message fix } }
    userErrors { code message fix path }
  }
}
`,
  },
  {
    title: 'operations',
    query: `# What was done lately, step by step.
query Operations {
  operations(first: 10) {
    nodes {
      kind
      status
      progress
      startedAt
      finishedAt
      steps { title status detail }
      error { code message fix }
      changeRequest { requestedBy approvals { by decision } }
    }
  }
}
`,
  },
  {
    title: 'topics',
    query: `# The cluster as last observed, beside what is desired.
query Topics {
  inventory { observedAt topicCount subjectCount brokerCount error { message fix } }
  topics(first: 50) {
    nodes { name drift partitions replicationFactor differences { setting desired observed } dataProduct { qualifiedName } }
  }
}
`,
  },
  {
    title: 'audit',
    query: `# Who changed what, and whether the chain is whole.
query Audit {
  verifyAudit { isIntact events message }
  auditEvents(first: 20) { nodes { sequence at actor event subject facts } }
}
`,
  },
];

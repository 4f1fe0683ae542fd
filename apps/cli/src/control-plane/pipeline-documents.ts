const statusFields = `
  pipelineId productName desiredState reportedAt
  lagRecords lagSeconds recordsPerSecond bytesPerSecond lastCommitAt
  lanes { lane state engine engineReason owner reportedAt recordsPerSecond bytesPerSecond lastCommitAt tableVersion
    activity { batchId phase records bytes since }
    partitions { partition nextOffset highWatermark lagRecords lagSeconds }
    error { code message fix } }
  table { url version files bytes rows observedAt }
  quarantineTable { url version files bytes rows observedAt }
  ledger { offsets landed deduplicated quarantined lateTable tombstones control aborted absent suppressed
    acceptedLoss skippedByPolicy isBalanced }
  quarantineGroups(first: 5) { stage reason path records lastSeenAt }
  openIncidents { id kind partition from to cause fix }`;

export const pipelineStatusQuery = `
  query ($product: String!) { pipelineStatus(product: $product) { ${statusFields} } }`;

export const pipelineStatusesQuery = `
  query { pipelineStatuses(first: 100) { ${statusFields} } }`;

const incidentFields = `
  id kind status dataProduct { qualifiedName } partition from to cause fix
  openedAt lastSeenAt resolvedAt acceptedBy acceptedReason`;

export const incidentsQuery = `
  query ($first: Int!, $after: String, $product: String, $status: IncidentStatus) {
    page: incidents(first: $first, after: $after, product: $product, status: $status) {
      nodes { ${incidentFields} }
      pageInfo { hasNextPage endCursor }
    }
  }`;

export const acceptLossMutation = `
  mutation ($input: AcceptLossInput!) {
    result: acceptLoss(input: $input) {
      incident { ${incidentFields} }
      userErrors { code message fix path }
    }
  }`;

export const quarantineGroupsQuery = `
  query ($product: String!) {
    quarantineGroups(product: $product, first: 100) {
      stage reason path records firstSeenAt lastSeenAt examplePartition exampleOffset
    }
  }`;

const quarantinedRecordFields = `
  topic partition offset timestamp stage rule path reason contractVersion isMasked value key`;

export const quarantinedRecordsQuery = `
  query ($product: String!, $first: Int!, $after: String, $reason: String, $path: String) {
    page: quarantinedRecords(product: $product, first: $first, after: $after, reason: $reason, path: $path) {
      nodes { ${quarantinedRecordFields} }
      pageInfo { hasNextPage endCursor }
    }
  }`;

export const revealMutation = `
  mutation ($input: RevealQuarantinedRecordsInput!) {
    result: revealQuarantinedRecords(input: $input) {
      records { ${quarantinedRecordFields} }
      userErrors { code message fix path }
    }
  }`;

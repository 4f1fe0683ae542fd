const productSummary = `
  id qualifiedName title status version createdAt
  owner { name }
  contract { contractVersion }
  outputPorts { kind location }`;

const planFields = `
  hash dataLoss needsApproval
  changes { action resource name risk dataLoss reason }
  findings { rule mode message fix path }`;

export const operationFields = `
  id kind status progress createdAt startedAt finishedAt
  steps { position title status detail }
  error { code message fix path }
  dataProduct { qualifiedName }`;

/** What a change of a product answers: it is done, or planned and waits for somebody. */
const plannedChange = `
  dataProduct { ${productSummary} }
  changeRequest { id status }
  plan { ${planFields} }
  operation { ${operationFields} }
  userErrors { code message fix path }`;

export const dataProductsQuery = `
  query ($first: Int!, $after: String, $domain: String) {
    page: dataProducts(first: $first, after: $after, domain: $domain) {
      nodes { ${productSummary} }
      pageInfo { hasNextPage endCursor }
    }
  }`;

export const dataProductQuery = `
  query ($name: String!) {
    dataProduct(name: $name) {
      ${productSummary}
      description retiredAt
      domain { name }
      contract {
        contractId contractVersion createdAt
        properties { name column type required classification personal }
      }
      pipeline { pipelineId topicName tableUrl quarantineUrl desiredState }
      retention { period mode topicConfigs { key value } }
      connection { bootstrapServers topic tableUrl quarantineUrl snippets { title language code } }
      openIncidents { id kind partition from to cause fix }
    }
  }`;

export const balanceInputQuery = `
  query ($name: String!) {
    dataProduct(name: $name) {
      contract { yaml }
      connection { bootstrapServers topic tableUrl quarantineUrl }
      outputPorts { topic { topicId } }
    }
  }`;

export const onboardMutation = `
  mutation ($input: OnboardDataProductInput!) {
    result: onboardDataProduct(input: $input) {
      ${plannedChange}
    }
  }`;

export const retireMutation = `
  mutation ($input: RetireDataProductInput!) {
    result: retireDataProduct(input: $input) {
      ${plannedChange}
    }
  }`;

export const retentionLedgerQuery = `
  query ($product: String!) {
    retentionLedger(product: $product) {
      productName promise promiseDays worstCaseDays keepsPromise computedAt
      copies { kind location worstCaseDays oldestAt keepsPromise explanation fix }
    }
  }`;

import { operationFields } from './product-documents.ts';

const page = (field: string, nodes: string) => `
  query ($first: Int!, $after: String) {
    page: ${field}(first: $first, after: $after) {
      nodes { ${nodes} }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const topicFields = `
  name topicId partitions replicationFactor drift observedAt
  configs { key value }
  differences { setting desired observed }
  dataProduct { qualifiedName }`;

export const domainsQuery = page('domains', 'name title createdAt version');
export const teamsQuery = page('teams', 'name domain { name } contact createdAt version');
export const applicationsQuery = page('applications', 'name team { name } principal createdAt version');
export const topicsQuery = page('topics', topicFields);
export const operationsQuery = page('operations', operationFields);

export const topicQuery = `query ($name: String!) { topic(name: $name) { ${topicFields} } }`;
export const domainQuery = `query ($name: String!) { found: domain(name: $name) { name title } }`;
export const teamQuery = `query ($name: String!) { found: team(name: $name) { name domain { name } contact } }`;
export const applicationQuery = `
  query ($name: String!) { found: application(name: $name) { name team { name } principal } }`;
export const operationQuery = `query ($id: ID!) { operation(id: $id) { ${operationFields} } }`;

export const createDomainMutation = `
  mutation ($input: CreateDomainInput!) {
    result: createDomain(input: $input) { userErrors { code message fix path } }
  }`;
export const createTeamMutation = `
  mutation ($input: CreateTeamInput!) {
    result: createTeam(input: $input) { userErrors { code message fix path } }
  }`;
export const registerApplicationMutation = `
  mutation ($input: RegisterApplicationInput!) {
    result: registerApplication(input: $input) { userErrors { code message fix path } }
  }`;
export const installationQuery = `
  query { installation { version insecure kafkaBootstrapServers schemaRegistryUrl lakeUrl } }`;

import { operationFields } from './product-documents.ts';

const userErrors = 'userErrors { code message fix path }';
const pipelineFields = 'pipelineId desiredState version poisonPolicy { share windowRecords window action }';

export const pausePipelineMutation = `
  mutation ($input: PausePipelineInput!) {
    result: pausePipeline(input: $input) { pipeline { ${pipelineFields} } ${userErrors} }
  }`;

export const resumePipelineMutation = `
  mutation ($input: ResumePipelineInput!) {
    result: resumePipeline(input: $input) { pipeline { ${pipelineFields} } ${userErrors} }
  }`;

export const drainPipelineMutation = `
  mutation ($input: DrainPipelineInput!) {
    result: drainPipeline(input: $input) {
      pipeline { ${pipelineFields} } operation { ${operationFields} } ${userErrors}
    }
  }`;

export const setLaneCountMutation = `
  mutation ($input: SetLaneCountInput!) {
    result: setLaneCount(input: $input) { pipeline { laneCount ${pipelineFields} } ${userErrors} }
  }`;

export const setPoisonPolicyMutation = `
  mutation ($input: SetPoisonPolicyInput!) {
    result: setPoisonPolicy(input: $input) { pipeline { ${pipelineFields} } ${userErrors} }
  }`;

const operatingPlanFields = `
  id kind state hash records bytes backfillId tables details requestedBy requestedAt
  ranges { partition from to records } progress { records landed refused } error { code message fix path }`;

export const planReplayMutation = `
  mutation ($input: PlanReplayInput!) {
    result: planReplay(input: $input) { operatingPlan { ${operatingPlanFields} } ${userErrors} }
  }`;

export const planBackfillMutation = `
  mutation ($input: PlanBackfillInput!) {
    result: planBackfill(input: $input) { operatingPlan { ${operatingPlanFields} } ${userErrors} }
  }`;

export const planRestartMutation = `
  mutation ($input: PlanRestartInput!) {
    result: planRestart(input: $input) { operatingPlan { ${operatingPlanFields} } ${userErrors} }
  }`;

export const planSwapMutation = `
  mutation ($input: PlanSwapInput!) {
    result: planSwap(input: $input) { operatingPlan { ${operatingPlanFields} } ${userErrors} }
  }`;

export const planSwapUndoMutation = `
  mutation ($input: PlanSwapUndoInput!) {
    result: planSwapUndo(input: $input) { operatingPlan { ${operatingPlanFields} } ${userErrors} }
  }`;

export const applyOperatingPlanMutation = `
  mutation ($input: ApplyOperatingPlanInput!) {
    result: applyOperatingPlan(input: $input) {
      operatingPlan { ${operatingPlanFields} } operation { ${operationFields} } ${userErrors}
    }
  }`;

export const operatingPlansQuery = `
  query ($product: String!) { operatingPlans(product: $product, first: 100) { ${operatingPlanFields} } }`;

export const operatingPlanQuery = `query ($id: ID!) { operatingPlan(id: $id) { ${operatingPlanFields} } }`;

const incidentFields = `
  id kind status dataProduct { qualifiedName } partition from to cause fix occurrences
  openedAt lastSeenAt resolvedAt resolvedBy acceptedBy acceptedAt acceptedReason
  samples { stage reason path records partition offset }`;

export const incidentQuery = `query ($id: ID!) { incident(id: $id) { ${incidentFields} } }`;

export const resolveIncidentMutation = `
  mutation ($input: ResolveIncidentInput!) {
    result: resolveIncident(input: $input) { incident { ${incidentFields} } ${userErrors} }
  }`;

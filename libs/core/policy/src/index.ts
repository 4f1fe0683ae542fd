export { judgePolicies } from './judge-policies.ts';
export type { PolicyVerdict } from './judge-policies.ts';
export { defaultPolicySettings } from './proposed-product.ts';
export type { PolicyMode, PolicyName, PolicySettings, ProposedProduct } from './proposed-product.ts';

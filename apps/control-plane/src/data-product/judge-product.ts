import type { DesiredProduct, ObservedProduct, PolicyFinding } from '@headwater/core-mesh';
import { judgePolicies, type PolicySettings } from '@headwater/core-policy';

/** What the policies say about a product, as far as it is not fine. */
export function judgeProduct(
  desired: DesiredProduct,
  observed: ObservedProduct,
  settings: PolicySettings,
): readonly PolicyFinding[] {
  const verdicts = judgePolicies(
    {
      domain: desired.domain.name,
      name: desired.name,
      ownerTeam: desired.team.name,
      contract: desired.contract.compiled,
      topic: desired.topic,
      retention: desired.retention,
      cluster: { brokers: observed.brokerCount },
    },
    settings,
  );
  return verdicts.flatMap(({ policy, outcome, message, fix, path }) =>
    outcome === 'pass' ? [] : [{ rule: policy, mode: outcome, message, fix, path }],
  );
}

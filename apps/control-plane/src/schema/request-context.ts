import type { Principal } from '@headwater/core-mesh';
import type { Loaders } from './loaders.ts';

/** What every resolver gets beside its arguments. One per request; one per connection for subscriptions. */
export interface RequestContext {
  /** Who asks; undefined without a valid token. */
  readonly principal: Principal | undefined;
  /** Asks again, for events of a subscription that outlive the first answer. */
  renewPrincipal(): Promise<Principal | undefined>;
  readonly loaders: Loaders;
}

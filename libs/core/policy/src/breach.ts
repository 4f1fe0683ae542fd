/** How a policy is broken: what, where in the product, and what to do. */
export interface Breach {
  readonly message: string;
  readonly path: string;
  readonly fix: string;
}

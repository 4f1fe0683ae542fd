/**
 * How Node is started for an app that stays. Left to itself the nursery of the main thread grows to 96 MB under load and
 * is kept: what survives a batch is little, so a smaller one costs no throughput.
 */
export const nodeArguments: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];

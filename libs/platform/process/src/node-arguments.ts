/**
 * How Node is started for an app that stays. Left to itself the nursery of the main thread grows to 96 MB under load and
 * is kept: what survives a batch is little, so a smaller one costs no throughput.
 */
export const nodeArguments: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];

/** The variables it is started with: the C library keeps two areas of memory instead of up to eight per core. */
export const nodeVariables: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '2' };

/**
 * How Node is started for an app that stays. Left to itself the nursery of the main thread grows to 96 MB under load and
 * is kept: what survives a batch is little, so a smaller one costs no throughput.
 */
export const nodeArguments: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];

/**
 * The variables it is started with. The C library's allocator keeps an area per thread and, once a large buffer was freed,
 * puts later ones of that size between small ones, where their memory is never given back: both are switched off.
 */
export const nodeVariables: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

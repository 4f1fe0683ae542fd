/** True in the faults build and in tests, false in release builds; replaced by the bundler. */
declare const __HEADWATER_FAULTS__: boolean;

/** True in the bare build only, which `bench/safety-cost.ts` measures the others against; replaced by the bundler. */
declare const __HEADWATER_BARE__: boolean;

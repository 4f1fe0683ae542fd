/** True in the faults build and in tests, false in release builds; replaced by the bundler. */
declare const __HEADWATER_FAULTS__: boolean;

export * from './errors.ts';
export { createIdleBuffers } from './idle-buffers.ts';
export * from './json.ts';
export * from './ports.ts';
export * from './result.ts';

export { connectObjectStore } from './connect.ts';
export { md5 } from './digest.ts';

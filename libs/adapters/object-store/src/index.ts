export { connectObjectStore, useS3 } from './connect.ts';
export { md5 } from './digest.ts';
export { createS3Connection, type S3Connection } from './s3-connection.ts';
export type { S3Limits } from './s3-client.ts';

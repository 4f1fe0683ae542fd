export { createPostgres, type Postgres, type PostgresOptions } from './postgres.ts';

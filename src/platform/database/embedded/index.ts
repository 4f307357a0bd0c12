export { findRunningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
export type { EmbeddedOptions, EmbeddedPostgres } from './embedded-postgres.js';

export { applyMigrations } from './apply-migrations.js';

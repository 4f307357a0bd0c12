export { AuditLog, SYSTEM, type AuditRecord } from './audit-log.js';
export { changedFields } from './changed-fields.js';

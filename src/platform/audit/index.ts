export { AUDIT_NOW, longBefore, sinceMigration, type AuditCheck, type AuditFinding } from './audit-check.js';
export { eventTypesKnown, PLATFORM_AUDIT } from './platform.audit.js';
export { reportLines } from './report.js';
export { runChecks, runChecksIn, ROWS_SHOWN, type AuditOptions } from './run-checks.js';

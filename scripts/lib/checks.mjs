/** What holds the code together besides its tests: each is an npm script that fails with its reasons. */
export const CHECKS = [
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'types' },
  { name: 'boundaries', script: 'boundaries' },
  { name: 'dead code', script: 'deadcode' },
  { name: 'migrations and schema agree', script: 'db:drift' },
  { name: 'openapi.json is current', script: 'openapi:check' },
  { name: 'docs/security/permissions.md is current', script: 'docs:permissions:check' },
  { name: 'lockfile', script: 'lockfile:check' },
  { name: 'licences', script: 'licences' },
];

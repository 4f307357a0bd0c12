/**
 * `npm run docs:permissions`        writes docs/security/permissions.md from the built server and openapi.json.
 * `npm run docs:permissions:check`  fails when the page differs from what these say.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ensureBuilt } from './lib/built.mjs';
import { ROOT, fail } from './lib/project.mjs';

const FILE = join(ROOT, 'docs/security/permissions.md');
const WORDS = 'docs/security/permissions.md';

const INTRODUCTION = `# Permissions and roles

<!-- Written by \`npm run docs:permissions\` from the code and openapi.json. Change those, not this page. -->

An account has roles, a role is a set of permissions, and an operation demands one permission, or none. What an account may do is read
from the database with every request, so that a change of roles, or of an account's, counts from the next one on, in every process. An API key may do what
it was made for, as far as its owner still may.

Every operation says in openapi.json what it demands (\`x-access\`: \`public\`, \`authenticated\`, \`capability: …\` or a permission) and
which permissions open more of it (\`x-access-more\`). A test asks every operation as every kind of caller and holds the answers
against that (\`test/e2e/access-matrix.spec.ts\`, and \`access-objects.spec.ts\` for things of other owners). Without the permission the
answer is 403, the same whether the thing exists or not; a thing of somebody else's is 404, as one that does not exist.`;

const MAKING_ROLES = `## Making roles

Whoever holds \`roles:write\` sees the permissions that there are (\`grantable\`: those they hold themselves) and makes roles of them:

\`\`\`sh
curl http://localhost:3000/v1/permissions -H "Authorization: Bearer $TOKEN"
curl http://localhost:3000/v1/roles -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"name":"support","permissions":["orders:read","orders:write"]}'
curl -X PATCH http://localhost:3000/v1/users/$USER_ID -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"roles":["customer","support"]}'
\`\`\`

- Nobody makes, changes, deletes or gives a role that opens more than they may do themselves, nor changes an account that may do more
  (403 \`users.beyond_own_permissions\`).
- The built-in roles cannot be changed or deleted (409 \`roles.built_in\`), a role that somebody has cannot be deleted (409 \`roles.in_use\`).
- The last administrator who can sign in can be neither disabled nor lose the role (409 \`users.last_admin\`), also where two
  administrators do it to each other at the same moment.
- Each of these is an entry of the audit log.`;

const [command] = process.argv.slice(2);
if (command === 'write') {
  writeFileSync(FILE, await render());
  console.log(`Wrote ${WORDS}`);
} else if (command === 'check') {
  if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== (await render()))
    fail(`${WORDS} is not what the code says; run npm run docs:permissions and look at the difference.`);
  console.log(`${WORDS} is what the code says`);
} else fail('Use: npm run docs:permissions, or npm run docs:permissions:check');

async function render() {
  await ensureBuilt();
  const { PERMISSIONS } = await import('../dist/platform/access/permissions.js');
  const { BUILT_IN_ROLES } = await import('../dist/users/app/permissions-of.js');
  const operations = readOperations();
  const sections = Object.entries(PERMISSIONS).map(([name, purpose]) =>
    permissionSection(name, purpose, operations, BUILT_IN_ROLES),
  );
  const text = [
    INTRODUCTION,
    '## The permissions',
    ...sections,
    '## The built-in roles',
    rolesTable(BUILT_IN_ROLES),
    MAKING_ROLES,
  ];
  text.push('## What needs no permission', ...openSections(operations));
  return format(text.join('\n\n'), { ...(await resolveConfig(FILE)), parser: 'markdown' });
}

function readOperations() {
  const { paths } = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8'));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      call: `\`${method.toUpperCase()} ${path}\``,
      summary: operation.summary,
      access: operation['x-access'],
      more: operation['x-access-more'] ?? {},
      keys: (operation.security ?? []).some((one) => 'apiKey' in one),
    })),
  );
}

function permissionSection(name, purpose, operations, roles) {
  const opened = operations.filter(({ access }) => access === name).map(({ call, summary }) => `- ${call}: ${summary}`);
  const widened = operations
    .filter(({ more }) => more[name])
    .map(({ call, summary, more }) => `- ${call} (${summary}): ${more[name]}`);
  const holders = Object.keys(roles).filter((role) => roles[role].includes(name));
  return [
    `### ${name}`,
    `${purpose}. Built-in roles that hold it: ${holders.join(', ')}.`,
    opened.length > 0 ? `Opens:\n\n${opened.join('\n')}` : 'Opens no operation by itself.',
    ...(widened.length > 0 ? [`Opens more of what others may use in part:\n\n${widened.join('\n')}`] : []),
  ].join('\n\n');
}

function rolesTable(roles) {
  const rows = Object.entries(roles).map(([name, permissions]) => {
    const list = permissions.map((one) => `\`${one}\``).join(', ');
    return `| \`${name}\` | ${name === 'admin' ? 'all, those of later releases too' : list || 'none: what is one’s own'} |`;
  });
  return ['| role | permissions |', '| --- | --- |', ...rows].join('\n');
}

function openSections(operations) {
  const list = (title, wanted) => {
    const lines = operations.filter(({ access }) => wanted(access)).map(({ call, summary }) => `- ${call}: ${summary}`);
    return `### ${title}\n\n${lines.join('\n')}`;
  };
  const authenticated = operations.filter(({ access }) => access === 'authenticated');
  return [
    list('For everybody', (access) => access === 'public'),
    list('For whoever holds the id or the token, and for the owner', (access) => access.startsWith('capability:')),
    '### For whoever is signed in, about their own things\n\n' +
      authenticated
        .map(({ call, summary, keys }) => `- ${call}: ${summary}${keys ? ' (also with an API key)' : ''}`)
        .join('\n'),
  ];
}

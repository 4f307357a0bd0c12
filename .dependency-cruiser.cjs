/** The boundaries of docs/architecture.md, as rules. Modules are seen by others through their index.ts only. */
const MODULES = '(auth|users|catalog|inventory|pricing|cart|payments|orders|notifications|webhooks|privacy|audit-log)';

/** Who may import whom, from the top down; what is not named here is not allowed. */
const MAY_IMPORT = {
  orders: ['cart', 'inventory', 'payments', 'pricing', 'users'],
  cart: ['catalog', 'inventory', 'pricing'],
  catalog: ['inventory'],
  auth: ['users'],
  inventory: [],
  payments: [],
  pricing: [],
  users: [],
  'audit-log': [],
  privacy: ['auth', 'users', 'orders'],
};

const layerRules = Object.entries(MAY_IMPORT).map(([from, allowed]) => ({
  name: `layers-${from}`,
  severity: 'error',
  comment: `${from} may import ${allowed.length ? allowed.join(', ') : 'no other module'} and platform`,
  from: { path: `^src/${from}/` },
  to: { path: `^src/${MODULES}/`, pathNot: `^src/(${[from, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-public-face',
      severity: 'error',
      comment: 'Other modules are imported through their index.ts',
      from: { path: `^src/([^/]+)/` },
      to: { path: `^src/${MODULES}/`, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'root-imports-faces',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: `^src/${MODULES}/`, pathNot: ['^src/[^/]+/index\\.ts$', '^src/[^/]+/[^/]+\\.module\\.ts$'] },
    },
    { name: 'platform-is-leaf', severity: 'error', from: { path: '^src/platform/' }, to: { path: `^src/${MODULES}/` } },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ sees itself and the values of platform, no framework and no database',
      from: { path: '/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^src/[^/]+/domain/',
          '^src/platform/(money|ids|time|errors|values)',
          '^src/pricing/index\\.ts$',
          '^(node:)?(crypto|buffer)$',
          // Text in, text out: the formats of others, by libraries that know them.
          '^node_modules/(csv-parse|csv-stringify|sanitize-html)/',
        ],
      },
    },
    {
      name: 'prisma-only-in-data-and-platform',
      severity: 'error',
      from: { path: '^src/', pathNot: ['/data/', '^src/platform/database/', '^src/generated/'] },
      to: { path: ['^src/generated/', '@prisma/'] },
    },
    ...layerRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/generated/.*'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};

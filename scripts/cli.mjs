/**
 * The shop's tools on the command line, each a file of its own in src/:
 * `npm run import -- FILE.csv`, `npm run audit [-- OPTIONS]`, `npm run keys:rotate [-- --at-once]`, `npm run test-provider -- OPTIONS`.
 */
import { resolve } from 'node:path';
import { ensureBuilt } from './lib/built.mjs';
import { fail } from './lib/project.mjs';

const COMMANDS = {
  async import([file, ...rest]) {
    if (!file || rest.length > 0) fail('Use: npm run import -- FILE.csv');
    const { importFile } = await import('../dist/bundle/import-file.js');
    // npm changes into the project's folder; the person may have been in another one.
    return importFile(resolve(process.env.INIT_CWD ?? '.', file));
  },
  async audit(args) {
    const { auditCommand } = await import('../dist/bundle/audit.js');
    return auditCommand(args);
  },
  async 'keys-rotate'(args) {
    const { rotateKeysCommand } = await import('../dist/bundle/rotate-keys.js');
    return rotateKeysCommand(args);
  },
  async 'test-provider'(args) {
    const { testProviderCommand } = await import('../dist/bundle/test-provider.js');
    return testProviderCommand(args);
  },
};

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
if (!command) fail(`Use one of: ${Object.keys(COMMANDS).join(', ')}`);
await ensureBuilt();
process.exitCode = await command(args);

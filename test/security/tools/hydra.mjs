import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../client.mjs';
import { runTool, versionOf } from '../run-tool.mjs';
import { ADMIN, CUSTOMER, startShop } from '../target.mjs';

const WRONG = 300;

/** A dictionary against two accounts, with the right password at its end: the limits of a shop in production must keep it out. */
export const hydra = {
  name: 'hydra',
  program: 'hydra',
  package: 'hydra',
  version: () => versionOf('hydra', ['-h'], /Hydra v(\S+)/),
  async run({ folder, ms }) {
    const shop = await startShop({ log: join(folder, 'hydra-server.log') });
    try {
      const findings = [];
      const before = await signIn(shop.base, CUSTOMER);
      if (before !== 200) findings.push(`the right password answered ${before} before anybody had tried another`);
      const guesses = Array.from({ length: WRONG }, (_, index) => `Summer-${2000 + (index % 27)}-${index}`);
      const found = [];
      for (const account of [ADMIN, CUSTOMER]) {
        const list = join(folder, `passwords-${account === ADMIN ? 'admin' : 'customer'}.txt`);
        writeFileSync(list, [...guesses, account.password].join('\n'));
        found.push(...(await crack(account, list, { folder, base: shop.base, ms: ms / 2 })));
      }
      findings.push(...found.map((line) => `hydra found a password: ${line}`));
      const after = await signIn(shop.base, ADMIN);
      if (after !== 429) findings.push(`the address that tried ${WRONG} passwords is answered ${after}, not 429`);
      return {
        command: 'hydra -l EMAIL -P passwords.txt -t 8 http-post-form "/v1/auth/login:…:S=accessToken"',
        findings,
        explained: [],
        summary: `${WRONG} wrong passwords and the right one for each of two accounts; the address is answered ${after} afterwards`,
      };
    } finally {
      await shop.stop();
    }
  },
};

async function crack({ email }, list, { folder, base, ms }) {
  const { hostname, port } = new URL(base);
  const form = String.raw`/v1/auth/login:{"email"\:"^USER^","password"\:"^PASS^"}:H=Content-Type\: application/json:S=accessToken`;
  const args = ['-I', '-l', email, '-P', list, '-t', '8', '-f', '-s', port, hostname, 'http-post-form', form];
  const { output } = await runTool('hydra', args, {
    log: join(folder, `hydra-${email.split('@')[0]}.log`),
    ms,
    cwd: folder,
  });
  return output.split('\n').filter((line) => /\[http-post-form\] host:.*password:/.test(line));
}

async function signIn(base, { email, password }) {
  return (await call(base, 'POST', '/v1/auth/login', { body: { email, password } })).status;
}

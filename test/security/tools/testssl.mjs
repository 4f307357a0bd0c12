import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../../../scripts/lib/typescript.mjs';
import { runTool, versionOf } from '../run-tool.mjs';
import { startShop } from '../target.mjs';

/** Of a certificate that is made for this run. */
const EXPLAINED = [
  [/^cert_chain_of_trust$/, 'the certificate is made for this run, and signed by itself'],
  [/^cert_revocation$/, 'a certificate that is signed by itself has no authority to ask'],
  [/^DNS_CAArecord$/, 'the name is localhost, which no public authority signs'],
];
const HARMLESS = /^(OK|INFO|DEBUG|WARN)$/;

/** The server's own TLS: versions, ciphers, known holes. */
export const testssl = {
  name: 'testssl.sh',
  program: 'testssl',
  package: 'testssl.sh',
  version: () => versionOf('testssl', ['--version'], /testssl(?:\.sh)?\s+(?:version\s+)?(\d+\.\d+(?:\.\d+)?)/),
  async run({ folder, ms }) {
    const { makeCertificate } = await import('../../support/certificates.ts');
    const { cert, key } = makeCertificate({ kind: 'rsa', names: ['localhost', '127.0.0.1'] });
    const files = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') };
    writeFileSync(files.TLS_CERT_FILE, cert);
    writeFileSync(files.TLS_KEY_FILE, key, { mode: 0o600 });
    const shop = await startShop({
      log: join(folder, 'testssl-server.log'),
      env: { RATE_LIMIT: 'off', ...files },
      accounts: false,
    });
    try {
      const report = join(folder, 'testssl.json');
      const options = ['--quiet', '--color', '0', '--warnings', 'off', '--ip', '127.0.0.1'];
      const parts = ['-p', '-s', '-P', '-f', '-S', '-h', '-U'];
      const { timedOut } = await runTool(
        'testssl',
        [...options, ...parts, '--jsonfile', report, `localhost:${new URL(shop.base).port}`],
        { log: join(folder, 'testssl.log'), ms, cwd: folder },
      );
      const entries = entriesOf(existsSync(report) ? readFileSync(report, 'utf8') : '[]');
      const bad = entries
        .filter(({ severity }) => !HARMLESS.test(severity))
        .map(({ id, severity, finding }) => ({ id, text: `${severity} ${id}: ${finding}` }));
      const why = ({ id }) => EXPLAINED.find(([pattern]) => pattern.test(id))?.[1];
      return {
        command: `testssl ${parts.join(' ')} localhost`,
        findings: [
          ...bad.filter((one) => !why(one)).map(({ text }) => text),
          ...(timedOut
            ? ['not finished in the time']
            : entries.length === 0
              ? ['there is no report; see testssl.log']
              : []),
        ],
        explained: bad.filter(why).map((one) => `${one.text} (${why(one)})`),
        summary: `${entries.length} properties of the connection`,
      };
    } finally {
      await shop.stop();
    }
  },
};

/** What it writes when it is stopped has its end, or has not, by how much time it was given. */
function entriesOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(/,?\s*$/, ']'));
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestProviderServer, type TestProviderServer } from '../../../src/payments/index.js';
import { TestHttpProvider } from '../../../src/payments/providers/test-http-provider.js';
import type { Charge } from './verdict.js';

const SECRET = 'a secret between shop and provider';

/** The simulated provider as a server with a journal of its own: what befalls the shop's database or disk does not touch it. */
export class ProviderElsewhere {
  private constructor(
    readonly server: TestProviderServer,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ProviderElsewhere> {
    const folder = mkdtempSync(join(tmpdir(), 'backroom-test-'));
    const file = join(folder, 'journal.jsonl');
    const server = await startTestProviderServer({
      port: 0,
      host: '127.0.0.1',
      file,
      secret: SECRET,
      webhook: undefined,
    });
    return new ProviderElsewhere(server, folder);
  }

  /** What a shop is configured with to take its payments there. */
  get env(): Record<string, string> {
    return { TEST_PROVIDER_URL: this.server.url, TEST_PROVIDER_SECRET: SECRET };
  }

  /** All that it has charged. */
  async charges(): Promise<Charge[]> {
    const found: Charge[] = [];
    const all = new TestHttpProvider(this.server.url, SECRET, () => new Date()).records(new Date(0), new Date(2 ** 42));
    for await (const { key, captured } of all) found.push({ key, captured });
    return found;
  }

  async stop(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

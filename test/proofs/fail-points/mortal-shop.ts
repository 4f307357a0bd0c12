import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findRunningEmbeddedPostgres } from '../../../src/platform/database/embedded/index.js';
import { ServerProcess, temporaryFolder, type Ended, type TemporaryFolder } from '../../support/server-process.js';
import { PatientClient } from '../support/patient-client.js';
import { ENVIRONMENT } from '../support/proof-shop.js';

const TO_DIE_MS = 20_000;
const MAX_TRIES = 3;
/** A process that has just started, beside others, is slow. */
const PATIENCE = { PAYMENT_TIMEOUT_MS: '1500' };

/** One process of the shop at a time with its own database, always on the same data folder, whatever becomes of the process. */
export class MortalShop {
  readonly client = new PatientClient(() => this.base);
  deaths = 0;
  databaseUrl = '';
  private readonly folder: TemporaryFolder = temporaryFolder();
  private server: ServerProcess | undefined;
  private base: string | undefined;
  private readonly unexpected: string[] = [];

  /** A process that serves. Should it die of a fail point while it starts, another one takes its place. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.server = new ServerProcess({ dataDir: this.folder.dataDir, env: { ...ENVIRONMENT, ...PATIENCE, ...env } });
      try {
        ({ base: this.base } = await this.server.ready());
        this.databaseUrl = (await findRunningEmbeddedPostgres(this.folder.dataDir)) ?? '';
        return;
      } catch (error) {
        const { signal } = await this.server.ended;
        if (signal !== 'SIGKILL' || tries >= MAX_TRIES) throw error;
      }
    }
  }

  /** Waits until the process has killed itself; one that did not is killed, and the answer tells. */
  async death(): Promise<Ended | undefined> {
    const { server } = this;
    const end = await Promise.race([server?.ended, sleep(TO_DIE_MS, undefined, { ref: false })]);
    if (!end) await this.kill();
    else this.gone();
    return end;
  }

  /** From outside. */
  async kill(): Promise<void> {
    this.server?.kill('SIGKILL');
    await this.server?.ended;
    this.gone();
  }

  /** What the processes logged as errors that nobody had expected. */
  get unexpectedErrors(): readonly string[] {
    return [...this.unexpected, ...unexpectedIn(this.server?.output)];
  }

  /** How many confirmations there are of each order, by its number. */
  confirmations(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    const mails = join(this.folder.dataDir, 'mail');
    for (const name of readdirSync(mails).filter((file) => file.endsWith('.eml'))) {
      const number = /^Subject: Your order (\S+) at \S+\r?$/m.exec(readFileSync(join(mails, name), 'utf8'))?.[1];
      if (number !== undefined) found.set(number, (found.get(number) ?? 0) + 1);
    }
    return found;
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.server?.stop();
    this.folder.remove();
  }

  private gone(): void {
    this.base = undefined;
    this.deaths += 1;
    this.unexpected.push(...unexpectedIn(this.server?.output));
    this.server = undefined;
  }
}

function unexpectedIn(output = ''): string[] {
  return output.split('\n').filter((line) => line.includes('unexpected error'));
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestEngine } from '../test-engine.js';
import { asUsual, changeControl, type Control } from './control.js';
import { readJson, send, type Answer } from './http.js';
import { JournalStore } from './journal-store.js';
import { Routes, type Asked } from './routes.js';
import { WebhookSender } from './webhook-sender.js';

export interface TestProviderServerOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly host: string;
  /** The journal: all that the provider knows. One server writes to a file. */
  readonly file: string;
  /** Whoever asks must know it, and news is signed with it. */
  readonly secret: string;
  /** Where news goes; absent: nowhere. */
  readonly webhook: string | undefined;
}

export interface TestProviderServer {
  readonly url: string;
  /** As `POST /control`. @throws RangeError for what makes no sense */
  readonly control: (changes: Partial<Control>) => void;
  /** Hangs up on everybody; what was answered is on the disk. */
  close(): Promise<void>;
}

const SLOW_MS = 3_000;
const UNAUTHORISED: Answer = { status: 401, json: { outcome: 'error', detail: 'the secret is another one' } };
const REFUSED: Answer = { status: 503, json: { outcome: 'error', detail: 'the test provider is out of order' } };

/** The simulated payment provider as a server of its own. @throws Error when the port is taken or the file cannot be used */
export async function startTestProviderServer(options: TestProviderServerOptions): Promise<TestProviderServer> {
  let control = asUsual(options.webhook ?? null);
  const sender = new WebhookSender(options.secret, () => control);
  const store = await JournalStore.open(options.file, (change) => sender.send(change));
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    await store.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const routes = new Routes(new TestEngine(store, (key) => `${url}/steps/${key}`), store);
  const change = (changes: unknown): boolean => {
    const next = changeControl(control, changes);
    control = next ?? control;
    return next !== null;
  };
  const front = new Front(routes, options.secret, () => control, change);
  server.on('request', (request, response) => void front.handle(request, response));
  return {
    url,
    control: (changes) => {
      if (!change(changes)) throw new RangeError('The test provider cannot behave like that');
    },
    close: async () => {
      sender.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await store.close();
    },
  };
}

/** Who asks, and whether, when and how there is an answer. */
class Front {
  constructor(
    private readonly routes: Routes,
    private readonly secret: string,
    private readonly control: () => Control,
    private readonly change: (changes: unknown) => boolean,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.answer(request);
      if (answer === null) request.socket.destroy();
      else await send(response, answer);
    } catch {
      // The journal is broken, or the other side is gone: no answer is the honest one.
      request.socket.destroy();
    }
  }

  /** Null to hang up. */
  private async answer(request: IncomingMessage): Promise<Answer | null> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const method = request.method ?? 'GET';
    const body = method === 'POST' ? await readJson(request) : null;
    const asked: Asked = { method, path, query: url.searchParams, body };
    if (method === 'POST' && path.join('/') === 'control') {
      if (!this.knows(request)) return UNAUTHORISED;
      return this.change(body)
        ? { status: 200, json: this.control() }
        : { status: 422, json: { detail: 'the test provider cannot behave like that' } };
    }
    return this.behave(request, asked);
  }

  private async behave(request: IncomingMessage, asked: Asked): Promise<Answer | null> {
    const { mode, delayMs } = this.control();
    if (mode === 'dead') return null;
    if (mode === 'refuse') return REFUSED;
    if (mode !== 'slow' && delayMs > 0) await sleep(delayMs);
    const page = await this.routes.page(asked);
    if (!page && !this.knows(request)) return UNAUTHORISED;
    const answer = page ?? (await this.routes.answer(asked));
    if (mode === 'slow') await sleep(delayMs > 0 ? delayMs : SLOW_MS);
    return mode === 'mute' ? null : answer;
  }

  private knows({ headers }: IncomingMessage): boolean {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${this.secret}`));
  }
}

import type Stripe from 'stripe';
import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import https from 'node:https';

type HttpClient = NonNullable<ConstructorParameters<typeof Stripe>[1]>['httpClient'];
type Transport = NonNullable<HttpClient>;
type Answer = Awaited<ReturnType<Transport['makeRequest']>>;

/** How long an idle connection is kept: from one question to the next of the same charge, and hardly longer. */
const IDLE_MS = 4_000;

/** No whole answer came. `sent` is false when the connection was never made, so that Stripe cannot have heard of the request. */
export class NoAnswer extends Error {
  constructor(
    readonly sent: boolean,
    cause: unknown,
  ) {
    super(reasonOf(cause), { cause });
    this.name = 'NoAnswer';
  }
}

/** The system's own word where there is one: the attempts at several addresses of a host fail together without a sentence. */
function reasonOf(cause: unknown): string {
  const { code, message } = Object(cause) as { readonly code?: unknown; readonly message?: unknown };
  return [code, message].find((word) => typeof word === 'string' && word !== '')?.toString() ?? 'the connection ended';
}

/**
 * Carries the `stripe` package's requests. Its own client does not fit: it repeats a request whose connection was reset once whatever
 * it is told about repeating, tells nobody whether the connection had been made, and cannot be stopped by a signal.
 */
export class StripeTransport implements Transport {
  private readonly signals = new AsyncLocalStorage<AbortSignal>();
  private readonly plain = new http.Agent({ keepAlive: true, timeout: IDLE_MS });
  private readonly secure = new https.Agent({ keepAlive: true, timeout: IDLE_MS });

  /** All requests that the work makes are given up with the signal. */
  during<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.signals.run(signal, work);
  }

  getClientName(): string {
    return 'node';
  }

  makeRequest(...[host, port, path, method, headers, body, protocol, timeout]: Parameters<Transport['makeRequest']>) {
    const isPlain = protocol === 'http';
    const signal = this.signals.getStore();
    return new Promise<Answer>((resolve, reject) => {
      let sent = false;
      const fail = (error: unknown) => reject(new NoAnswer(sent, error));
      const options = { host, port, path, method, headers: fields(headers), timeout, ...(signal ? { signal } : {}) };
      const request = isPlain
        ? http.request({ ...options, agent: this.plain })
        : https.request({ ...options, agent: this.secure });
      request.once('socket', (socket) => {
        // A connection that was kept from before counts as heard: what it carried may have arrived.
        if (!socket.connecting) sent = true;
        else socket.once(isPlain ? 'connect' : 'secureConnect', () => (sent = true));
      });
      request.once('timeout', () => request.destroy(new Error(`silence for ${timeout} ms`)));
      request.on('error', fail);
      request.once('response', (response) => {
        read(response).then((text) => resolve(new WholeAnswer(response, text)), fail);
      });
      request.end(body);
    });
  }
}

/** An answer that was read to its end, so that a connection lost in the middle of it is no fault of Stripe's JSON. */
class WholeAnswer implements Answer {
  constructor(
    private readonly response: http.IncomingMessage,
    private readonly text: string,
  ) {}

  getStatusCode(): number {
    return this.response.statusCode ?? 0;
  }

  getHeaders(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
  }

  getRawResponse(): unknown {
    return this.response;
  }

  toStream(): never {
    throw new Error('Nothing is streamed from Stripe');
  }

  async toJSON(): Promise<unknown> {
    return Promise.resolve(JSON.parse(this.text) as unknown);
  }
}

async function read(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function fields(headers: Parameters<Transport['makeRequest']>[4]): http.OutgoingHttpHeaders {
  return { ...(headers as http.OutgoingHttpHeaders) };
}

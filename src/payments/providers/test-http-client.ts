import type { PaymentId } from '../../platform/ids/index.js';
import type { ProviderError, Unknown } from '../domain/payment-provider.js';
import type { StepOutcome, StepResult } from './test-engine.js';
import type { Read } from './test-http-results.js';

/** The whole record of a large shop, over a slow line. */
const RECORDS_MS = 5 * 60_000;
const STEP_MS = 10_000;

/** With these there was no connection, so that the request cannot have arrived. */
const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Talks to the test provider's server. */
export class TestHttpClient {
  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** `error` where the request did not arrive or the server says that nothing happened; `unknown` where nobody can tell. */
  async ask<T>(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    read: Read<T>,
    body?: object,
  ): Promise<T | ProviderError | Unknown> {
    try {
      const response = await this.fetch(method, path, signal, body);
      const result = read((await response.json()) as Readonly<Record<string, unknown>>);
      return result ?? { outcome: 'unknown', detail: `the test provider answered ${response.status}` };
    } catch (error) {
      const outcome = wasReached(error) ? 'unknown' : 'error';
      return { outcome, detail: `the test provider: ${messageOf(error)}` };
    }
  }

  /** @throws Error when the provider does not answer */
  async completeStep(key: PaymentId, outcome: StepOutcome): Promise<StepResult> {
    const path = `steps/${key}/complete`;
    const { status, body } = await this.fetch('POST', path, AbortSignal.timeout(STEP_MS), { outcome });
    await body?.cancel();
    if (status === 200) return 'done';
    if (status === 409) return 'closed';
    if (status === 404) return 'not_found';
    throw new Error(`the test provider answered ${status}`);
  }

  /** JSON, a document a line. @throws Error when the answer does not come, or not whole */
  async *lines(path: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
    const response = await this.fetch('GET', path, AbortSignal.timeout(RECORDS_MS));
    if (!response.ok || !response.body) throw new Error(`the test provider answered ${response.status}`);
    let count = 0;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const json = JSON.parse(line) as Readonly<Record<string, unknown>>;
        if (json['end'] === true && json['count'] === count) return;
        count++;
        yield json;
      }
    }
    throw new Error('the test provider broke off in the middle of its record');
  }

  private fetch(method: string, path: string, signal: AbortSignal, body?: object): Promise<Response> {
    return fetch(`${this.url}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.secret}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal,
    });
  }
}

/** What `fetch` fails with, by its shape: it is not always an instance of the `Error` that is seen from here. */
interface Failure {
  readonly message?: string;
  readonly code?: string;
  readonly cause?: Failure;
  readonly errors?: readonly Failure[];
}

function wasReached(error: unknown): boolean {
  const codes = codesOf((error as Failure).cause);
  return codes.length === 0 || codes.some((code) => !NOT_REACHED.has(code));
}

/** A name with several addresses fails once for each. */
function codesOf(cause: Failure | undefined): string[] {
  if (cause?.errors) return cause.errors.flatMap(codesOf);
  return cause?.code === undefined ? [] : [cause.code];
}

function messageOf(error: unknown): string {
  const { message, cause } = error as Failure;
  return [message, cause?.message].filter(Boolean).join(': ');
}

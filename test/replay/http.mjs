import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** The server could not be asked: no connection, a broken one, or no answer in time. */
class NoAnswer extends Error {}

/** The server answered something other than what the contract promises here. */
export class UnexpectedAnswer extends Error {
  /** @param {string} asked @param {import('./index.mjs').Answer} answer */
  constructor(asked, answer) {
    const { code, detail } = problemOf(answer);
    const said = code ? `${code}: ${detail ?? ''}` : JSON.stringify(answer.body ?? null).slice(0, 300);
    super(`${asked} answered ${answer.status}, ${said}`);
    this.answer = answer;
  }
}

/** @param {import('./index.mjs').Answer} answer @returns {{ code?: unknown, detail?: unknown }} */
function problemOf({ body }) {
  return typeof body === 'object' && body !== null ? body : {};
}

/** Tells whether a later attempt of the same request may fare better. @param {import('./index.mjs').Answer} answer */
function isPassing(answer) {
  if (answer.status === 409) return problemOf(answer).code === 'idempotency.in_progress';
  return answer.status === 429 || answer.status === 503;
}

/** JSON over HTTP with kept connections, bounded times, and repetition of what may be repeated. */
export class HttpClient {
  #base;
  #agent;
  #timeoutMs;
  #transport;
  requests = 0;
  repeated = 0;

  /** @param {{ base: string, timeoutMs: number, connections: number }} options */
  constructor({ base, timeoutMs, connections }) {
    this.#base = new URL(base);
    this.#timeoutMs = timeoutMs;
    this.#transport = this.#base.protocol === 'https:' ? https : http;
    this.#agent = new this.#transport.Agent({ keepAlive: true, maxSockets: connections });
  }

  close() {
    this.#agent.destroy();
  }

  /**
   * Asks up to six times, or `attempts`: again after a broken connection, 429, 503, or an equal request that is still running.
   * Every request of the replay may be repeated: it reads, sets a value, carries a key, or leaves at most an unused cart.
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string>, attempts?: number }} [options]
   * @returns {Promise<import('./index.mjs').Answer>}
   */
  async ask(method, path, options = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= (options.attempts ?? MAX_ATTEMPTS);
      let pause = FIRST_PAUSE_MS * 2 ** attempt;
      try {
        const answer = await this.#once(method, path, options);
        if (last || !isPassing(answer)) return answer;
        const asked = Number(answer.headers['retry-after']) * 1_000;
        if (asked > 0) pause = asked;
      } catch (error) {
        if (last || !(error instanceof NoAnswer)) throw error;
      }
      this.repeated += 1;
      await sleep(Math.min(pause, LONGEST_PAUSE_MS));
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string> }} options
   * @returns {Promise<import('./index.mjs').Answer>}
   */
  #once(method, path, { body, headers }) {
    this.requests += 1;
    const text = body === undefined ? null : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const request = this.#transport.request(new URL(path, this.#base), {
        method,
        agent: this.#agent,
        headers: {
          accept: 'application/json',
          ...(text ? { 'content-type': 'application/json', 'content-length': text.length } : {}),
          ...headers,
        },
      });
      const fail = (/** @type {string} */ why) => reject(new NoAnswer(`${method} ${path}: ${why}`));
      const timer = setTimeout(() => request.destroy(new Error('no answer in time')), this.#timeoutMs);
      request.on('close', () => clearTimeout(timer));
      request.on('error', (error) => fail(error.message || String(error)));
      request.on('response', (response) => {
        collect(response).then(
          (bytes) => resolve(answerOf(response, bytes)),
          (error) => fail(error.message),
        );
      });
      request.end(text ?? undefined);
    });
  }
}

/** @param {http.IncomingMessage} response */
async function collect(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('an answer of more than 64 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * @param {http.IncomingMessage} response
 * @param {Buffer} bytes
 * @returns {import('./index.mjs').Answer}
 */
function answerOf(response, bytes) {
  const isJson = /[/+]json\b/.test(response.headers['content-type'] ?? '');
  let body = null;
  if (isJson && bytes.length > 0) {
    try {
      body = JSON.parse(bytes.toString('utf8'));
    } catch {
      // An answer that only claims to be JSON has no body that could meet an expectation, and is reported by its status.
    }
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

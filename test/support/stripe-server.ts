import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, refusal, StripeAccount, type Params, type StripeEvent, type StripeRefund } from './stripe-account.js';

/**
 * What goes wrong with a request. `worked`: the work was done all the same. `drop` ends the connection, `delay` lets the answer wait,
 * `status` answers a fault at Stripe, which is kept under the idempotency key once the work was begun.
 */
export type Fault =
  | { readonly kind: 'drop'; readonly worked: boolean }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly worked: boolean; readonly code?: string };

interface Trap {
  readonly path: RegExp;
  readonly fault: Fault;
  times: number;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly params: Params;
  readonly headers: IncomingMessage['headers'];
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Kept {
  readonly request: string;
  /** Absent as long as the first request is at work. */
  answer?: Answer;
}

/** Webhooks: to whom, and whether they go out by themselves. */
export interface Subscriber {
  readonly url: string;
  readonly secret: string;
  /** Each event right away, or only when the test sends it. */
  readonly mode: 'now' | 'held';
}

const PAGE = 10;

/** A server on this machine that answers as Stripe's documentation says that Stripe does. It keeps everything in memory. */
export class StripeServer {
  readonly secretKey = `sk_test_${randomBytes(12).toString('hex')}`;
  readonly webhookSecret = `whsec_${randomBytes(16).toString('hex')}`;
  readonly account: StripeAccount;
  readonly requests: SeenRequest[] = [];
  subscriber: Subscriber | null = null;
  private readonly kept = new Map<string, Kept>();
  private readonly traps: Trap[] = [];
  private readonly deliveries = new Set<Promise<number>>();
  private readonly server: Server;

  private constructor(apiVersion: string) {
    this.account = new StripeAccount(() => this.url, apiVersion);
    this.account.onEvent = (event) => {
      if (this.subscriber?.mode === 'now') this.track(this.deliver(event));
    };
    this.server = createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(apiVersion = '2026-10-28.endive'): Promise<StripeServer> {
    const stripe = new StripeServer(apiVersion);
    await new Promise<void>((resolve) => stripe.server.listen(0, '127.0.0.1', resolve));
    return stripe;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a shop is configured with to take its payments here. */
  get env(): Record<string, string> {
    return { STRIPE_SECRET_KEY: this.secretKey, STRIPE_WEBHOOK_SECRET: this.webhookSecret, STRIPE_API_URL: this.url };
  }

  /** Lets the next `times` requests whose "POST /v1/…" fits meet with a fault. */
  trap(path: RegExp, fault: Fault, times = 1): void {
    this.traps.push({ path, fault, times });
  }

  /** The requests so far whose "POST /v1/…" fits. */
  seen(path: RegExp): SeenRequest[] {
    return this.requests.filter((request) => path.test(`${request.method} ${request.path}`));
  }

  /** Forgets traps and what was asked; the account stays. */
  calm(): void {
    this.traps.length = 0;
    this.requests.length = 0;
    this.subscriber = null;
  }

  /** As after a day, when Stripe may have forgotten the keys. */
  forgetKeys(): void {
    this.kept.clear();
  }

  /** Sends the event to the subscriber, or to the address given; answers the status. */
  async deliver(event: StripeEvent, to: Pick<Subscriber, 'url' | 'secret'> | null = this.subscriber): Promise<number> {
    if (!to) throw new Error('nobody has subscribed');
    const { body, signature } = this.sign(event, { secret: to.secret });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature };
    const response = await fetch(to.url, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  sign(
    event: StripeEvent,
    { secret = this.webhookSecret, at = Date.now() }: { secret?: string; at?: number } = {},
  ): { body: string; signature: string } {
    const body = JSON.stringify(event, null, 2);
    const time = Math.floor(at / 1000);
    const v1 = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    return { body, signature: `t=${time},v1=${v1},v0=${'0'.repeat(64)}` };
  }

  /** When all deliveries that went out by themselves have their answers. */
  async delivered(): Promise<number[]> {
    return Promise.all(this.deliveries);
  }

  async stop(): Promise<void> {
    this.subscriber = null;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await Promise.allSettled(this.deliveries);
  }

  private track(delivery: Promise<number>): void {
    this.deliveries.add(delivery.catch(() => 0));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    const body = await readText(request);
    const params = parseForm(request.method === 'GET' ? search.slice(1) : body);
    const key = request.headers['idempotency-key'];
    const idempotencyKey = typeof key === 'string' ? key : undefined;
    const method = request.method ?? 'GET';
    this.requests.push({ method, path: pathname, idempotencyKey, params, headers: request.headers });
    const fault = this.spring(`${method} ${pathname}`);
    if (fault?.kind === 'drop' && !fault.worked) {
      request.socket.destroy();
      return;
    }
    const { answer, replayed } = this.answer(
      { method, path: pathname, idempotencyKey, params, headers: request.headers },
      fault,
    );
    if (fault?.kind === 'delay') await sleep(fault.ms);
    if (fault?.kind === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'request-id': `req_${randomBytes(7).toString('hex')}`,
      'stripe-version': this.account.apiVersion,
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
    });
    response.end(JSON.stringify(answer.body));
  }

  private spring(line: string): Fault | undefined {
    const trap = this.traps.find(({ path, times }) => times > 0 && path.test(line));
    if (trap) trap.times -= 1;
    return trap?.fault;
  }

  private answer(request: SeenRequest, fault: Fault | undefined): { answer: Answer; replayed: boolean } {
    const { idempotencyKey: key, method } = request;
    if (request.headers.authorization !== `Bearer ${this.secretKey}`)
      return { answer: answerOf(refusal(401, 'Invalid API Key provided: sk_test_****')), replayed: false };
    if (key === undefined || method !== 'POST') return { answer: this.work(request, fault).answer, replayed: false };
    const fingerprint = `${method} ${request.path} ${JSON.stringify(request.params)}`;
    const before = this.kept.get(key);
    if (before && before.request !== fingerprint) return { answer: otherParameters(), replayed: false };
    if (before)
      return before.answer ? { answer: before.answer, replayed: true } : { answer: keyInUse(), replayed: false };
    const { answer, executed } = this.work(request, fault);
    if (executed) this.kept.set(key, { request: fingerprint, answer });
    return { answer, replayed: false };
  }

  /** A first request under the key is still at work: whoever comes with the same key is sent away. */
  occupy(request: Pick<SeenRequest, 'method' | 'path' | 'params'>, key: string): void {
    this.kept.set(key, { request: `${request.method} ${request.path} ${JSON.stringify(request.params)}` });
  }

  private work(request: SeenRequest, fault: Fault | undefined): { answer: Answer; executed: boolean } {
    if (fault?.kind === 'status' && !fault.worked)
      return { answer: faultAnswer(fault.status, fault.code), executed: fault.status >= 500 };
    const done = this.route(request);
    return fault?.kind === 'status' ? { answer: faultAnswer(fault.status, fault.code), executed: true } : done;
  }

  private route({ method, path, params }: SeenRequest): { answer: Answer; executed: boolean } {
    try {
      const object = this.object(method, path.split('/').slice(2), params);
      return { answer: { status: 200, body: this.expand(object, expansions(params)) }, executed: true };
    } catch (error) {
      if (error instanceof Refusal) return { answer: answerOf(error), executed: error.executed };
      throw error;
    }
  }

  private object(method: string, [kind, id, verb]: string[], params: Params): object {
    const { account } = this;
    switch (`${method} ${kind}${id ? '/id' : ''}${verb ? `/${verb}` : ''}`) {
      case 'POST payment_intents':
        return account.createIntent(params);
      case 'GET payment_intents':
        return page([...account.intents.values()].filter(madeWithin(params)), params, '/v1/payment_intents');
      case 'GET payment_intents/id':
        return account.intent(id ?? '');
      case 'POST payment_intents/id/confirm':
        return account.confirmIntent(id ?? '', params);
      case 'POST payment_intents/id/capture':
        return account.captureIntent(id ?? '', params);
      case 'POST payment_intents/id/cancel':
        return account.cancelIntent(id ?? '', params);
      case 'POST refunds':
        return account.createRefund(params);
      case 'GET refunds': {
        const { id: intentId } = account.intent(textOf(params, 'payment_intent'), 'payment_intent', 400);
        return page(this.refundsOf('payment_intent', intentId), params, '/v1/refunds');
      }
      default:
        throw refusal(404, `Unrecognized request URL (${method}: /v1/${kind ?? ''}).`);
    }
  }

  private refundsOf(field: 'payment_intent' | 'charge', id: string): StripeRefund[] {
    return [...this.account.refunds.values()].filter((refund) => refund[field] === id);
  }

  private expand(object: object, paths: readonly string[][]): unknown {
    const copy = structuredClone(object) as Record<string, unknown>;
    if (copy['object'] === 'list') {
      const inner = paths.filter(([first]) => first === 'data').map((path) => path.slice(1));
      copy['data'] = (copy['data'] as object[]).map((item) => this.expand(item, inner));
      return copy;
    }
    for (const name of new Set(paths.flatMap(([first]) => (first ? [first] : [])))) {
      const found = this.find(copy, name);
      const inner = paths.filter(([first]) => first === name).map((path) => path.slice(1));
      if (found) copy[name] = this.expand(found, inner);
    }
    return copy;
  }

  private find(owner: Record<string, unknown>, name: string): object | undefined {
    const id = String(owner[name]);
    if (name === 'latest_charge') return this.account.charges.get(id);
    if (name === 'balance_transaction') return this.account.bookings.get(id);
    if (name === 'refunds') return page(this.refundsOf('charge', String(owner['id'])), {}, '/v1/charges/refunds');
    return undefined;
  }
}

function page<T extends { id: string; created: number }>(items: readonly T[], params: Params, url: string): object {
  // The newest first; what was made in the same second in the order it was made.
  const sorted = [...items].reverse().sort((a, b) => b.created - a.created);
  const after = sorted.findIndex(({ id }) => id === params['starting_after']) + 1;
  const limit = Math.min(Number(params['limit'] ?? PAGE), 100);
  return {
    object: 'list',
    url,
    has_more: after + limit < sorted.length,
    data: sorted.slice(after, after + limit),
  };
}

function madeWithin(params: Params): (item: { created: number }) => boolean {
  const range = (params['created'] ?? {}) as Record<string, string | undefined>;
  const { gte = '-Infinity', gt = '-Infinity', lte = 'Infinity', lt = 'Infinity' } = range;
  return ({ created }) =>
    created >= Number(gte) && created > Number(gt) && created <= Number(lte) && created < Number(lt);
}

/** `a[b][c]=d` becomes `{ a: { b: { c: 'd' } } }`; arrays go by their numbers. */
function parseForm(text: string): Params {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [first = '', ...rest] = name.split('[').map((part) => part.replace(/\]$/, ''));
    let owner = root;
    let last = first;
    for (const part of rest) {
      owner = (owner[last] ??= {}) as Record<string, unknown>;
      last = part;
    }
    owner[last] = value;
  }
  return root as Params;
}

function expansions(params: Params): string[][] {
  return Object.values((params['expand'] ?? {}) as Record<string, string>).map((path) => path.split('.'));
}

function answerOf({ status, error }: Refusal): Answer {
  return { status, body: { error } };
}

function faultAnswer(status: number, code?: string): Answer {
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  return { status, body: { error: { type, message: 'Something is wrong on our side.', ...(code ? { code } : {}) } } };
}

function otherParameters(): Answer {
  const message = 'Keys for idempotent requests can only be used with the same parameters they were first used with.';
  return { status: 400, body: { error: { type: 'idempotency_error', message } } };
}

function keyInUse(): Answer {
  const message = 'There is currently another in-progress request using this idempotent key.';
  return { status: 409, body: { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message } } };
}

function textOf(params: Params, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : '';
}

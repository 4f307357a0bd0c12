import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Answer, ApiClient } from '../../support/api-client.js';
import type { Model, Owner } from './model.js';
import type { Step } from './step.js';

/** What all runs of a proof share: a shop that is up, and who speaks to it. */
export interface Host {
  readonly base: string;
  readonly guest: ApiClient;
  readonly staff: ApiClient;
  readonly customers: readonly { readonly id: string; readonly client: ApiClient }[];
  readonly database: pg.Client;
  readonly provider: ProviderSide;
}

/** The payment provider as it is without the shop. */
export interface ProviderSide {
  /** The headers of news that it sends; null where it sends none. */
  readonly sign: ((id: string, body: string) => Record<string, string>) | null;
  /** What it keeps of each charge since then, by the attempt's id: captured less refunded. */
  kept(since: Date): Promise<ReadonlyMap<string, number>>;
}

export type Caller = Owner | 'staff';

export interface Request {
  readonly who: Caller;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that may be repeated with its key, and another one that must not pass for it. */
export interface KeyedRequest extends Request {
  readonly key: string;
  readonly altered: object;
}

export type Json = Record<string, unknown>;

interface KeptRequest {
  readonly request: KeyedRequest;
  readonly status: number;
  readonly text: string;
}

/** An order as its customer knows it. */
export interface PlacedOrder {
  readonly id: string;
  /** A guest's key to it. */
  readonly token: string | null;
  /** Ids of the lines, by the variant's place. */
  readonly items: ReadonlyMap<number, string>;
  /** Where its customer takes the step. */
  readonly stepUrl: string | null;
  /** Ids of its returns, in the order in which they were asked for. */
  readonly returns: string[];
}

/** The shop as one run sees it: the ids behind the model's places, the answers that are kept, and a transcript of what was said. */
export class World {
  readonly variants: { readonly id: string; readonly sku: string }[] = [];
  readonly carts: string[] = [];
  /** Ids of lines by cart and variant, as far as an answer has told them. */
  readonly cartItems: Map<number, string>[] = [];
  readonly orders: PlacedOrder[] = [];
  readonly kept: KeptRequest[] = [];
  readonly transcript: string[] = [];
  /** The steps that were taken. */
  readonly steps: Step[] = [];
  readonly begunAt = new Date();
  product = { id: '', vendor: '' };
  private readonly names = new Map<string, string>();

  constructor(
    readonly host: Host,
    private readonly model: Model,
  ) {}

  /** Gives an id the name that it has in transcripts. */
  name(id: string, symbol: string): void {
    this.names.set(id, symbol);
  }

  /** A new key; every other one is quoted in the header, which must make no difference. */
  newKey(): string {
    const key = randomUUID();
    this.name(key, `$key${this.kept.length}`);
    return key;
  }

  async send(request: Request): Promise<Answer<Json>> {
    const { who, method, path, body, headers } = request;
    const line = `${nameOf(who)} ${method} ${path}${body ? ` ${JSON.stringify(body)}` : ''}${headersOf(headers)}`;
    this.transcript.push(this.symbolic(line));
    const answer = await this.clientOf(who).call<Json>(method, path, body, headers ? { headers } : {});
    const code = typeof answer.json?.['code'] === 'string' ? ` ${answer.json['code']}` : '';
    this.transcript[this.transcript.length - 1] += ` -> ${answer.status}${code}`;
    return answer;
  }

  /** Sends a request with its key, or without, and remembers what is kept under it: 2xx, 402, and an order's 409 for stock. */
  async sendKeyed(request: Omit<KeyedRequest, 'key'>, keyed: boolean): Promise<Answer<Json>> {
    if (!keyed) return this.send(request);
    const whole = { ...request, key: this.newKey() };
    const answer = await this.send(withKey(whole));
    const { status, json, text } = answer;
    const isShortage = status === 409 && json['code'] === 'inventory.insufficient_stock';
    const isKept = status < 300 || status === 402 || (isShortage && request.path === '/v1/orders');
    if (isKept) this.model.kept = this.kept.push({ request: whole, status, text });
    return answer;
  }

  /** A note of what was done beside HTTP, as a step of the transcript. */
  note(text: string): void {
    this.transcript.push(this.symbolic(`(${text})`));
  }

  symbolic(text: string): string {
    let symbolic = text;
    for (const [id, symbol] of this.names) symbolic = symbolic.replaceAll(id, symbol);
    return symbolic;
  }

  private clientOf(who: Caller): ApiClient {
    if (who === 'staff') return this.host.staff;
    if (who === null) return this.host.guest;
    const customer = this.host.customers[who];
    if (!customer) throw new RangeError(`There is no customer ${who}`);
    return customer.client;
  }
}

/** The request as it is sent, its key in the header. */
export function withKey({ key, altered: _altered, ...request }: KeyedRequest): Request {
  return { ...request, headers: { ...request.headers, 'idempotency-key': `"${key}"` } };
}

function nameOf(who: Caller): string {
  if (who === 'staff') return 'staff';
  return who === null ? 'guest' : `customer${who}`;
}

function headersOf(headers: Readonly<Record<string, string>> | undefined): string {
  // A signature is of its moment, and tells nobody anything.
  const entries = Object.entries(headers ?? {}).filter(([name]) => !name.startsWith('webhook-'));
  return entries.length === 0 ? '' : ` [${entries.map(([name, value]) => `${name}: ${value}`).join(', ')}]`;
}

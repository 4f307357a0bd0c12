import type { PaymentId, RefundId } from '../../../platform/ids/index.js';
import { PAGE_POLICY, stepPage } from '../../http/test-provider.page.js';
import type { EngineCharge, TestEngine } from '../test-engine.js';
import type { TestStore } from '../test-store.js';
import type { Answer } from './http.js';
import { listPage } from './pages.js';

export interface Asked {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const MALFORMED: Answer = { status: 400, json: { outcome: 'error', detail: 'the request makes no sense' } };
const NOWHERE: Answer = { status: 404, json: { outcome: 'error', detail: 'there is nothing here' } };
const LIST_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
const LAST_DAY = new Date(8.64e15);

/** What the provider's API does; who asks was checked before. */
export class Routes {
  constructor(
    private readonly engine: TestEngine,
    private readonly store: TestStore,
  ) {}

  async answer({ method, path, query, body }: Asked): Promise<Answer> {
    const [first, key, action, ...rest] = path;
    if (rest.length > 0) return NOWHERE;
    switch (`${method} ${first ?? ''} ${key === undefined ? '' : ':key'} ${action ?? ''}`.trim()) {
      case 'POST charges':
        return this.charge(body);
      case 'GET charges':
        return this.records(query);
      case 'GET charges :key':
        return ok(await this.engine.lookUp(key ?? ''));
      case 'POST charges :key capture':
        return ok(await this.engine.capture(key ?? ''));
      case 'POST charges :key void':
        return ok(await this.engine.void(key ?? ''));
      case 'POST refunds':
        return this.refund(body);
      case 'GET refunds :key':
        return ok(await this.engine.lookUpRefund((key ?? '') as RefundId));
      default:
        return NOWHERE;
    }
  }

  /** What people see: no secret is asked for. Null when it is none of the pages. */
  async page({ method, path, body }: Asked): Promise<Answer | null> {
    const [first, key, action] = path;
    if (method === 'GET' && first === undefined) return this.list();
    if (first !== 'steps' || key === undefined || path.length > 3) return null;
    if (method === 'GET' && action === undefined) return this.step(key);
    if (method === 'POST' && action === 'complete') return this.complete(key, body);
    return null;
  }

  private async charge(body: unknown): Promise<Answer> {
    const charge = readCharge(body);
    if (!charge) return MALFORMED;
    const result = await this.engine.charge(charge);
    if (result.outcome === 'silence') return 'silence';
    return result.outcome === 'error' ? { status: 502, json: result } : ok(result);
  }

  private async refund(body: unknown): Promise<Answer> {
    const { key, chargeKey, amount, currency } = toRecord(body);
    if (!isKey(key) || !isKey(chargeKey) || !isAmount(amount) || !isCurrency(currency)) return MALFORMED;
    return ok(await this.engine.refund(key as RefundId, chargeKey, { amount: BigInt(amount), currency }));
  }

  private records(query: URLSearchParams): Answer {
    const from = new Date(query.get('from') ?? 0);
    const to = new Date(query.get('to') ?? LAST_DAY);
    if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) return MALFORMED;
    return { lines: this.engine.records(from, to) };
  }

  private async list(): Promise<Answer> {
    const records = [];
    for await (const record of this.engine.records(new Date(0), LAST_DAY)) records.push(record);
    return { status: 200, html: listPage(records), headers: { 'content-security-policy': LIST_POLICY } };
  }

  private async step(key: string): Promise<Answer> {
    const charge = await this.store.find(key);
    if (!charge || charge.token !== 'tok_requires_action') return NOWHERE;
    return { status: 200, html: stepPage(charge), headers: { 'content-security-policy': PAGE_POLICY } };
  }

  private async complete(key: string, body: unknown): Promise<Answer> {
    const { outcome } = toRecord(body);
    if (outcome !== 'approved' && outcome !== 'declined') return MALFORMED;
    const result = await this.engine.completeStep(key, outcome);
    const detail = 'This payment has been decided otherwise, or its time is over.';
    return { status: result === 'done' ? 200 : result === 'closed' ? 409 : 404, json: { result, outcome, detail } };
  }
}

function ok(json: unknown): Answer {
  return { status: 200, json };
}

function readCharge(body: unknown): EngineCharge | null {
  const { key, amount, currency, token, capture } = toRecord(body);
  if (!isKey(key) || !isAmount(amount) || !isCurrency(currency)) return null;
  if (typeof token !== 'string' || typeof capture !== 'boolean') return null;
  return { key: key as PaymentId, amount: { amount: BigInt(amount), currency }, token, capture };
}

function toRecord(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCurrency(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value);
}

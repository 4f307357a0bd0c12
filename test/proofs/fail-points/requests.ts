import { makeVariant, orderBody, type CartJson, type OrderJson } from '../../support/shop-fixture.js';
import type { PlainAnswer, PlainCall } from '../support/patient-client.js';
import { ADMIN } from '../support/proof-shop.js';
import { STOCK, UNITS } from './expected.js';
import type { MortalShop } from './mortal-shop.js';
import type { Deed, Scenario, Token } from './scenarios.js';

/** A call under a key, with everything that it needs made beforehand. */
export interface Request {
  readonly deed: Deed;
  readonly call: PlainCall;
  /** Of this variant alone. */
  readonly variantId: string;
}

/** The requests of a scenario: the one that is to die at the point, and those beside it. */
export interface Prepared {
  readonly scenario: Scenario;
  readonly main: Request;
  readonly beside: readonly Request[];
}

/** Makes carts and orders in a shop that captures later, so that there are orders at each stage. */
export class Preparation {
  private made = 0;

  private constructor(
    private readonly shop: MortalShop,
    readonly adminToken: string,
  ) {}

  static async begin(shop: MortalShop): Promise<Preparation> {
    const { text } = await shop.client.untilFinal({ method: 'POST', path: '/v1/auth/login', body: ADMIN });
    return new Preparation(shop, (JSON.parse(text) as { accessToken: string }).accessToken);
  }

  async prepare(scenario: Scenario): Promise<Prepared> {
    const main = await this.request(scenario.deed);
    const beside: Request[] = [];
    for (const token of scenario.beside ?? []) beside.push(await this.request({ kind: 'place', token }));
    return { scenario, main, beside };
  }

  private async request(deed: Deed): Promise<Request> {
    const { variantId } = await makeVariant(this.shop, { stock: STOCK, price: 700 });
    const cart = await this.send<CartJson>('/v1/carts', { items: [{ variantId, quantity: UNITS }] });
    const call = deed.kind === 'place' ? this.placing(cart, deed.token) : await this.changing(deed, cart);
    return { deed, variantId, call };
  }

  private placing(cart: CartJson, token: Token): PlainCall {
    return this.keyed('/v1/orders', orderBody(cart.id, token));
  }

  private async changing(deed: Exclude<Deed, { kind: 'place' }>, cart: CartJson): Promise<PlainCall> {
    const stage = deed.kind === 'cancel' ? deed.of : deed.kind === 'capture' ? 'authorized' : 'paid';
    const token = stage === 'pending' ? 'tok_requires_action' : 'tok_approved';
    const order = await this.send<OrderJson>('/v1/orders', orderBody(cart.id, token));
    const path = `/v1/orders/${order.id}`;
    if (stage === 'paid') await this.send(`${path}/capture`);
    if (deed.kind === 'capture') return this.keyed(`${path}/capture`);
    if (deed.kind === 'cancel') return this.keyed(`${path}/cancel`, { reason: 'Changed my mind' });
    const items = [{ itemId: order.items[0]?.id, quantity: 1, restock: true }];
    return this.keyed(`${path}/refunds`, { items });
  }

  /** Carts and orders are a guest's; what becomes of an order is up to staff. */
  private keyed(path: string, body?: object): PlainCall {
    const headers: Record<string, string> = { 'idempotency-key': `point-${++this.made}` };
    if (path.startsWith('/v1/orders/')) headers['authorization'] = `Bearer ${this.adminToken}`;
    return { method: 'POST', path, body, headers };
  }

  private async send<T>(path: string, body?: object): Promise<T> {
    const { status, text } = await this.shop.client.untilFinal(this.keyed(path, body));
    if (status >= 300) throw new Error(`${path} was answered with ${status}: ${text}`);
    return JSON.parse(text) as T;
  }
}

/** The order that a 2xx answer shows. */
export function orderIn({ status, text }: PlainAnswer): OrderJson | undefined {
  return status < 300 ? (JSON.parse(text) as OrderJson) : undefined;
}

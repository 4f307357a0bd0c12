import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Money {
  amount: number;
  currency: string;
}
interface Variant {
  id: string;
  sku: string;
  price: Money;
  onHand: number;
  slug: string;
}
interface Item {
  id: string;
  variantId: string;
  sku: string;
  quantity: number;
  unitPrice: Money;
  lineTotal: Money;
  refundedQuantity?: number;
}
interface Kept {
  id: string;
  items: Item[];
  subtotal: Money;
  status: string;
  paymentStatus: string;
}
interface Asked {
  slug: string;
  variants: { sku: string; price: Money; stock: number }[];
  price: Money;
  cartId: string;
  delta: number;
  items: { variantId: string; itemId: string; quantity: number }[];
}
type Answer = [status: number, body: unknown];

/** What a shop may do wrong, for the replay to notice. */
export interface Faults {
  /** Sells, and forgets to take one unit off the shelf. */
  losesUnits?: boolean;
  /** Keeps the old price and says that it has changed it. */
  keepsPrices?: boolean;
  /** Refunds and does not put back. */
  neverRestocks?: boolean;
  /** Puts back what it refunds, and keeps no note of the refund. */
  forgetsRefunds?: boolean;
  /** Does not tell what of a line was refunded, as the contract allows. */
  tellsNoRefunds?: boolean;
  /** Every order is refused. */
  refusesOrders?: boolean;
  /** Breaks or refuses each first attempt with a key, but does the work, as a crash after the commit would. */
  stumbles?: boolean;
}

const pounds = (amount: number): Money => ({ amount, currency: 'GBP' });

/** Just enough of the HTTP contract over real HTTP to see what the replay asks and how it takes the answers. */
export class FakeShop {
  readonly variants = new Map<string, Variant>();
  readonly orders = new Map<string, Kept>();
  signIns = 0;
  refreshes = 0;
  #carts = new Map<string, Kept>();
  #answers = new Map<string, Answer>();
  /** All that were given out: a renewal does not end the life of the token before it, which may be on its way. */
  #tokens = new Set<string>();
  #server: Server = createServer((request, response) => void this.#serve(request, response));

  constructor(private readonly faults: Faults = {}) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<unknown> {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const asked = (text === '' ? {} : JSON.parse(text)) as Asked;
    const path = (request.url ?? '').split('?')[0] ?? '';
    const key = request.headers['idempotency-key'];
    const before = typeof key === 'string' ? this.#answers.get(key) : undefined;
    const [status, body] = before ?? this.#answer(`${request.method}`, path, asked, request.headers.authorization);
    if (typeof key === 'string' && !before) {
      this.#answers.set(key, [status, body]);
      if (this.faults.stumbles)
        return void (this.#answers.size % 2 ? response.destroy() : this.#send(response, 503, {}));
    }
    this.#send(response, status, body);
  }

  #send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #answer(method: string, path: string, asked: Asked, authorization: string | undefined): Answer {
    const [, , area = '', id = '', action = ''] = path.split('/');
    if (path === '/health/ready') return [200, {}];
    if (area === 'auth') return this.#signIn(id === 'refresh');
    if (area === 'carts') return this.#makeCart(asked);
    if (area === 'shipping-methods') return [200, { items: [{ code: 'standard', name: 'Post', price: pounds(395) }] }];
    if (method === 'POST' && area === 'orders' && id === '') return this.#placeOrder(asked);
    if (!this.#tokens.has(authorization?.replace('Bearer ', '') ?? '')) return [401, { code: 'auth.required' }];
    if (area === 'products') return method === 'POST' ? this.#makeProduct(asked) : this.#findProduct(id);
    if (area === 'variants') return this.#setPrice(id, asked.price);
    if (area === 'inventory') return this.#stock(id, asked.delta);
    const order = this.orders.get(id);
    if (!order) return [404, { code: 'orders.not_found' }];
    return action === 'refunds' ? this.#refund(order, asked) : [200, order];
  }

  #signIn(refresh: boolean): Answer {
    if (refresh) this.refreshes += 1;
    else this.signIns += 1;
    const accessToken = randomUUID();
    this.#tokens.add(accessToken);
    // A life so short that it is renewed in the middle of the work.
    return [200, { accessToken, refreshToken: 'r', tokenType: 'Bearer', expiresIn: 0.02 }];
  }

  #product(variant: Variant): unknown {
    const { id, sku, price, onHand } = variant;
    return { id: variant.slug, slug: variant.slug, variants: [{ id, sku, price, available: onHand }] };
  }

  #makeProduct({ slug, variants: [variant] }: Asked): Answer {
    if (!variant || [...this.variants.values()].some(({ sku }) => sku === variant.sku)) return [409, { code: 'taken' }];
    const { sku, price, stock } = variant;
    const made = { id: randomUUID(), sku, price, onHand: stock, slug };
    this.variants.set(made.id, made);
    return [201, this.#product(made)];
  }

  #findProduct(slug: string): Answer {
    const variant = [...this.variants.values()].find((one) => one.slug === slug);
    return variant ? [200, this.#product(variant)] : [404, {}];
  }

  #setPrice(id: string, price: Money): Answer {
    const variant = this.variants.get(id);
    if (!variant) return [404, {}];
    if (!this.faults.keepsPrices) variant.price = price;
    return [200, this.#product({ ...variant, price })];
  }

  #stock(id: string, delta: number | undefined): Answer {
    const variant = this.variants.get(id);
    if (!variant) return [404, {}];
    if (delta !== undefined) variant.onHand += delta;
    return [200, { onHand: variant.onHand, reserved: 0, available: variant.onHand }];
  }

  #makeCart({ items: wanted }: Asked): Answer {
    const items = wanted.map(({ variantId, quantity }) => {
      const { sku, price } = this.variants.get(variantId) ?? { sku: '?', price: pounds(0) };
      const lineTotal = pounds(price.amount * quantity);
      return { id: randomUUID(), variantId, sku, quantity, unitPrice: price, lineTotal };
    });
    const subtotal = pounds(items.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0));
    const cart = { id: randomUUID(), items, subtotal, status: 'paid', paymentStatus: 'paid' };
    this.#carts.set(cart.id, cart);
    return [201, cart];
  }

  #placeOrder({ cartId }: Asked): Answer {
    const cart = this.#carts.get(cartId);
    if (!cart || this.faults.refusesOrders) return [409, { code: 'inventory.insufficient_stock', detail: 'short' }];
    for (const { variantId, quantity } of cart.items) {
      const variant = this.variants.get(variantId);
      if (variant) variant.onHand -= quantity - (this.faults.losesUnits ? 1 : 0);
    }
    const items = cart.items.map((item) => (this.faults.tellsNoRefunds ? item : { ...item, refundedQuantity: 0 }));
    const order = { ...cart, items, id: randomUUID() };
    this.orders.set(order.id, order);
    return [201, order];
  }

  #refund(order: Kept, { items }: Asked): Answer {
    for (const { itemId, quantity } of items) {
      const item = order.items.find(({ id }) => id === itemId);
      const variant = this.variants.get(item?.variantId ?? '');
      if (item?.refundedQuantity !== undefined && !this.faults.forgetsRefunds) item.refundedQuantity += quantity;
      if (variant && !this.faults.neverRestocks) variant.onHand += quantity;
    }
    order.paymentStatus = 'partially_refunded';
    return [201, {}];
  }
}

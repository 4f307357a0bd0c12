import fc from 'fast-check';
import type { Answer } from '../../../support/api-client.js';
import { ADDRESS } from '../../../support/shop-fixture.js';
import { agree, agreeOnOrder, agreeOnStatus } from '../compare.js';
import {
  approve,
  at,
  fail,
  keepOrder,
  newOrder,
  priceOf,
  seesCart,
  shortagesOf,
  type Model,
  type ModelCart,
  type ModelOrder,
  type Owner,
} from '../model.js';
import { defineStep, place, withKey } from '../step.js';
import { chooseCart } from './carts.js';
import type { Json, PlacedOrder, World } from '../world.js';
import { FORGET_QUESTION, RUN_RECOVERY } from '../../../support/jobs.js';

/** How long the shop may take for what it does in the background. */
const PATIENCE_MS = 10_000;

const TOKENS = [
  'tok_declined',
  'tok_insufficient_funds',
  'tok_requires_action',
  'tok_requires_action',
  'tok_error',
  'tok_timeout_charged',
  'tok_timeout_not_charged',
] as const;
type Token = 'tok_approved' | (typeof TOKENS)[number];

const token = () =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Token>('tok_approved') },
    { weight: 6, arbitrary: fc.constantFrom(...TOKENS) },
  );

interface Checkout {
  readonly cart: number;
  readonly any: boolean;
  readonly token: Token;
  /** By a signed-in customer instead of the guest whose cart it is; or, for a customer's cart, by whoever that is. */
  readonly by: 'owner' | 0 | 1;
  readonly expectedTotal: 'none' | 'right' | 'wrong';
  readonly keyed: boolean;
}

function checkoutBody(model: Model, world: World, cart: number, step: Checkout) {
  const { total } = priceOf(model, at(model.carts, cart).lines, true);
  const amount = step.expectedTotal === 'right' ? total : total + 1;
  return {
    cartId: at(world.carts, cart),
    email: 'grace@example.com',
    shippingAddress: ADDRESS,
    shippingMethod: 'standard',
    payment: { provider: 'test', token: step.token },
    ...(step.expectedTotal === 'none' ? {} : { expectedTotal: { amount, currency: 'GBP' } }),
  };
}

/** What refuses the order before the provider is asked; checks the answer. */
function agreeOnRefusal(model: Model, world: World, cart: number, step: Checkout, who: Owner, answer: Answer<Json>) {
  const { status, lines, order } = at(model.carts, cart);
  const isRefused = (code: number, name: string) => {
    agreeOnStatus(answer, code, name);
    return true;
  };
  if (!seesCart(at(model.carts, cart), who)) return isRefused(404, 'cart.not_found');
  if (status === 'ordered') {
    if (order !== null) agree('The order of the cart', answer.json['orderId'], at(world.orders, order).id);
    return isRefused(409, 'cart.already_ordered');
  }
  if (lines.size === 0) return isRefused(422, 'cart.empty');
  if (step.expectedTotal === 'wrong') return isRefused(409, 'order.total_changed');
  const short = shortagesOf(model, lines);
  if (short.length === 0) return false;
  const items = short
    .map(({ variant, ...rest }) => ({
      variantId: at(world.variants, variant).id,
      sku: at(world.variants, variant).sku,
      ...rest,
    }))
    .sort((a, b) => (a.variantId < b.variantId ? -1 : 1));
  agree('The short lines', answer.json['items'], items);
  return isRefused(409, 'inventory.insufficient_stock');
}

/** Remembers the order that an answer tells of. */
function placedOf(world: World, index: number, json: Json): PlacedOrder {
  const items = new Map<number, string>();
  for (const { id, variantId } of json['items'] as { id: string; variantId: string }[]) {
    const variant = world.variants.findIndex((known) => known.id === variantId);
    items.set(variant, id);
    world.name(id, `$o${index}.v${variant}`);
  }
  const id = String(json['id']);
  world.name(id, `$o${index}`);
  const accessToken = typeof json['accessToken'] === 'string' ? json['accessToken'] : null;
  if (accessToken !== null) world.name(accessToken, `$o${index}.token`);
  const action = json['nextAction'] as { url: string } | null;
  const stepUrl = action && new URL(action.url, world.host.base).href;
  if (stepUrl !== null) world.name(stepUrl, `$o${index}.step`);
  return { id, token: accessToken, items, stepUrl, returns: [] };
}

const isReady = ({ status, lines }: ModelCart) => status === 'active' && lines.size > 0;

const checkout = defineStep<Checkout>({
  name: 'checkout',
  weight: 13,
  parameters: {
    cart: place(),
    any: fc.constantFrom(false, false, false, false, true),
    token: token(),
    by: fc.constantFrom<Checkout['by']>('owner', 'owner', 'owner', 0, 1),
    expectedTotal: fc.constantFrom('none', 'none', 'none', 'right', 'right', 'right', 'wrong'),
    keyed: withKey(),
  },
  applies: (model, { cart, any }) => chooseCart(model, cart, any, isReady) !== null,
  run: async (model, world, step) => {
    const cart = chooseCart(model, step.cart, step.any, isReady) ?? 0;
    const who = step.by === 'owner' ? at(model.carts, cart).owner : step.by;
    const body = checkoutBody(model, world, cart, step);
    const altered = { ...body, email: 'ada@example.com' };
    const answer = await world.sendKeyed({ who, method: 'POST', path: '/v1/orders', body, altered }, step.keyed);
    if (agreeOnRefusal(model, world, cart, step, who, answer)) return;
    await charged(model, world, newOrder(model, cart, who), step.token, answer);
  },
});

/** What the provider made of it. */
async function charged(
  model: Model,
  world: World,
  order: ModelOrder,
  token: Token,
  answer: Answer<Json>,
): Promise<void> {
  if (token === 'tok_declined' || token === 'tok_insufficient_funds' || token === 'tok_error') {
    if (token === 'tok_error') agreeOnStatus(answer, 503, 'payment.unavailable');
    else agreeOnStatus(answer, 402, 'payment.declined');
    if (token === 'tok_insufficient_funds') agree('The reason', answer.json['declineCode'], 'insufficient_funds');
    return fail(model, order);
  }
  agreeOnStatus(answer, 201);
  if (token === 'tok_approved') approve(model, order);
  if (token === 'tok_requires_action') order.step = 'open';
  if (token === 'tok_timeout_charged') order.unanswered = 'charged';
  if (token === 'tok_timeout_not_charged') order.unanswered = 'not_charged';
  const index = keepOrder(model, order);
  world.orders.push(placedOf(world, index, answer.json));
  // The recovery job would come by in a moment, at a time that the model does not know: it waits for its own step.
  if (order.unanswered) {
    await moveDeadline(world, index, '1 day');
    await world.host.database.query(FORGET_QUESTION, [at(world.orders, index).id]);
  }
  agreeOnOrder(world, `o${index}`, order, answer.json);
}

/** Moves the time by which an order's open payment is asked after. */
export async function moveDeadline(world: World, order: number, by: string): Promise<void> {
  await world.host.database.query(
    `update payment_attempt set deadline_at = now() + $2::interval
     where order_id = $1 and status in ('pending', 'requires_action', 'authorized')`,
    [at(world.orders, order).id, by],
  );
}

/** Lets the recovery job come by, and waits until it has done what is to be done. */
export async function recover(world: World, order: number, status: string): Promise<Json> {
  world.note(`the time of $o${order}'s payment is over, and the recovery job comes by`);
  await moveDeadline(world, order, '-1 second');
  await world.host.database.query(RUN_RECOVERY);
  return settled(world, order, status);
}

/** The order as staff read it, as soon as it has the status; whatever it is when that takes too long. */
export async function settled(world: World, order: number, status: string): Promise<Json> {
  const path = `/v1/orders/${at(world.orders, order).id}`;
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const { json } = await world.host.staff.get<Json>(path, { expect: 200 });
    if (json['status'] === status || Date.now() > end) return json;
    await new Promise((done) => setTimeout(done, 15));
  }
}

export const checkoutSteps = [checkout];

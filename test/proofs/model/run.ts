import { randomUUID } from 'node:crypto';
import { agree, agreeOnOrder, agreeOnStock } from './compare.js';
import { at, newModel, type Model, type Settings } from './model.js';
import { VARIANTS, type Shop } from './settings.js';
import type { Step, StepKind } from './step.js';
import { read } from './steps/carts.js';
import { expire } from './steps/orders.js';
import { World, type Host, type Json } from './world.js';

export interface Run {
  readonly model: Model;
  readonly world: World;
}

/** A product of its own, and customers without a cart: a run finds nothing of those before it. */
export async function beginRun(host: Host, settings: Settings): Promise<Run> {
  const model = newModel(settings, VARIANTS);
  const world = new World(host, model);
  const vendor = `v-${randomUUID()}`;
  const options = [{ name: 'Kind', values: VARIANTS.map((_, index) => `k${index}`) }];
  const variants = VARIANTS.map(({ price, tracked, backorder, onHand }, index) => ({
    sku: `${vendor}-${index}`,
    price: { amount: price, currency: 'GBP' },
    options: { Kind: `k${index}` },
    ...(tracked ? { stock: onHand } : { trackInventory: false }),
    backorder,
  }));
  const product = await host.staff.post<Json>(
    '/v1/products',
    { title: vendor, vendor, options, variants },
    { expect: 201 },
  );
  world.product = { id: String(product.json['id']), vendor };
  const made = product.json['variants'] as { id: string; sku: string }[];
  for (const [index, { sku }] of variants.entries()) {
    const found = made.find((variant) => variant.sku === sku);
    if (!found) throw new Error(`The product has no variant ${sku}`);
    world.variants.push({ id: found.id, sku });
    world.name(found.id, `$v${index}`);
  }
  world.name(world.product.id, '$product');
  const customers = host.customers.map(({ id }) => id);
  await host.database.query(`delete from cart where customer_id = any($1::uuid[]) and status = 'active'`, [customers]);
  return { model, world };
}

/** Settles all that is open, and holds everything against the model once more: stock, orders, carts, events, the provider's record. */
export async function endRun({ model, world }: Run): Promise<void> {
  world.note('the end: all that is open is settled, and everything compared');
  for (const [index, order] of model.orders.entries())
    if (order.status === 'pending_payment') await expire(model, world, index);
  const kept = await world.host.provider.kept(world.begunAt);
  for (const [index, order] of model.orders.entries()) {
    const { id } = at(world.orders, index);
    const { json } = await world.host.staff.get<Json>(`/v1/orders/${id}`, { expect: 200 });
    agreeOnOrder(world, `o${index}`, order, json);
    agree(`The events of o${index}`, await eventsOf(world, id), byName(order.events));
    agree(`What the provider keeps of o${index}`, await keptOf(world, id, kept), order.captured - order.refunded);
  }
  await agreeOnStock(world, model);
  for (const [index, cart] of model.carts.entries())
    if (cart.status !== 'merged') await read(model, world, index, cart.owner);
}

async function eventsOf(world: World, orderId: string): Promise<Record<string, number>> {
  const { rows } = await world.host.database.query<{ type: string; n: number }>(
    `select type, count(*)::int as n from outbox_event where subject_id = $1 and type like 'orders.%' group by type`,
    [orderId],
  );
  return byName(Object.fromEntries(rows.map(({ type, n }) => [type, n])));
}

function byName(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the provider has taken for the order and not given back, by its own record. */
async function keptOf(world: World, orderId: string, kept: ReadonlyMap<string, number>): Promise<number> {
  const { rows } = await world.host.database.query<{ id: string }>(
    'select id from payment_attempt where order_id = $1',
    [orderId],
  );
  return rows.reduce((sum, { id }) => sum + (kept.get(id) ?? 0), 0);
}

export interface Replayed {
  /** Undefined where shop and model agreed to the end. */
  readonly error: unknown;
  readonly steps: readonly Step[];
  readonly transcript: readonly string[];
}

/** Takes the steps of a script, as far as they make sense, and ends the run. */
export async function replay(host: Host, proof: Proof, script: readonly Step[]): Promise<Replayed> {
  const run = await beginRun(host, proof.shop.settings);
  const { model, world } = run;
  let error: unknown;
  try {
    for (const step of script) {
      const kind = proof.kinds.find(({ name }) => name === step.do);
      if (!kind) throw new Error(`There is no step ${step.do}`);
      if (kind.applies(model, step)) await take(kind, step, run);
    }
    await endRun(run);
    await proof.audit();
  } catch (thrown) {
    error = thrown;
    await absorb(proof);
  }
  return { error, steps: world.steps, transcript: world.transcript };
}

/** What is proven: a shop, what may be done in it, and what must hold after each run. */
export interface Proof {
  readonly shop: Shop;
  readonly kinds: readonly StepKind[];
  /** @throws Error where a rule of money or stock is broken; once for each breach */
  readonly audit: () => Promise<void>;
}

/** Takes note of what a failing run has left behind, which is no failure of the next one. */
export async function absorb({ audit }: Proof): Promise<void> {
  await audit().catch(() => undefined);
}

/** Takes one step, and writes it down first, so that a failing one is the last of the script. */
export async function take(kind: StepKind, step: Step, { model, world }: Run): Promise<void> {
  world.steps.push(step);
  await kind.run(model, world, step);
}

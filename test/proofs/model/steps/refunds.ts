import fc from 'fast-check';
import { agreeOnOrder, agreeOnStatus } from '../compare.js';
import {
  at,
  refund,
  refundOfAmount,
  refundOfLines,
  take,
  wrap,
  type Model,
  type ModelOrder,
  type RefundItem,
  type RefundOutcome,
} from '../model.js';
import { defineStep, place, withKey } from '../step.js';
import type { World } from '../world.js';
import { anyOrder, chooseOrder } from './orders.js';

const isPaid = (order: ModelOrder) => order.status === 'paid';

interface Target {
  readonly order: number;
  readonly any: boolean;
  readonly keyed: boolean;
}

const target = { order: place(), any: anyOrder(), keyed: withKey() };

/** Sends a refund and holds its answer against the outcome. */
async function send(
  model: Model,
  world: World,
  index: number,
  keyed: boolean,
  body: object,
  outcome: RefundOutcome,
  units: { readonly items: readonly RefundItem[]; readonly restock: boolean },
): Promise<void> {
  const order = at(model.orders, index);
  const path = `/v1/orders/${at(world.orders, index).id}/refunds`;
  const altered = { ...body, reason: 'Another reason' };
  const answer = await world.sendKeyed({ who: 'staff', method: 'POST', path, body, altered }, keyed);
  if ('code' in outcome) return agreeOnStatus(answer, 409, outcome.code);
  agreeOnStatus(answer, 201);
  refund(model, order, outcome, units.items, units.restock);
  agreeOnOrder(world, `o${index}`, order, answer.json);
}

const refundLines = defineStep<Target & { lines: RefundItem[]; restock: boolean }>({
  name: 'refundLines',
  weight: 7,
  parameters: {
    ...target,
    lines: fc.uniqueArray(fc.record({ line: fc.nat({ max: 4 }), quantity: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 2,
      selector: ({ line }) => line,
    }),
    restock: fc.boolean(),
  },
  applies: (model, { order, any }) => chooseOrder(model, order, any, isPaid) !== null,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, step.any, isPaid) ?? 0;
    const { lines } = at(model.orders, index);
    const { items: ids } = at(world.orders, index);
    const byLine = new Map(step.lines.map(({ line, quantity }) => [wrap(line, lines.length), quantity]));
    const items = [...byLine].map(([line, quantity]): RefundItem => ({ line, quantity }));
    const { restock } = step;
    const body = {
      items: items.map(({ line, quantity }) => ({ itemId: ids.get(at(lines, line).variant), quantity, restock })),
    };
    const outcome = refundOfLines(at(model.orders, index), items);
    await send(model, world, index, step.keyed, body, outcome, { items, restock });
  },
});

/** All that is left, one more than that, or a fixed amount that may be too much. */
type Amount = 'rest' | 'rest+1' | number;

const refundAmount = defineStep<Target & { amount: Amount }>({
  name: 'refundAmount',
  weight: 5,
  parameters: {
    ...target,
    amount: fc.oneof<fc.Arbitrary<Amount>[]>(fc.constantFrom('rest', 'rest+1'), fc.integer({ min: 1, max: 3_000 })),
  },
  applies: (model, { order, any }) => chooseOrder(model, order, any, isPaid) !== null,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, step.any, isPaid) ?? 0;
    const order = at(model.orders, index);
    const rest = order.captured - order.refunded;
    const amount = typeof step.amount === 'number' ? step.amount : Math.max(rest, 1) + (step.amount === 'rest' ? 0 : 1);
    const body = { amount: { amount, currency: 'GBP' } };
    const outcome = refundOfAmount(order, amount);
    await send(model, world, index, step.keyed, body, outcome, { items: [], restock: false });
  },
});

const isAuthorized = (order: ModelOrder) => order.status === 'authorized';

const captureOrder = defineStep<Target>({
  name: 'captureOrder',
  weight: 9,
  parameters: target,
  applies: (model, { order, any }) => chooseOrder(model, order, any, isAuthorized) !== null,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, step.any, isAuthorized) ?? 0;
    const order = at(model.orders, index);
    const path = `/v1/orders/${at(world.orders, index).id}/capture`;
    // There is nothing in the body that could be another; under its key another request is one to another address.
    const answer = await world.sendKeyed({ who: 'staff', method: 'POST', path, altered: {} }, step.keyed);
    if (!isAuthorized(order)) return agreeOnStatus(answer, 409, 'orders.not_capturable');
    agreeOnStatus(answer, 200);
    take(model, order);
    agreeOnOrder(world, `o${index}`, order, answer.json);
  },
});

export const moneySteps = [refundLines, refundAmount, captureOrder];

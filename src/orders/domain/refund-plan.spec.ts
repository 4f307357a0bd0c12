import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../platform/errors/index.js';
import {
  planRefund,
  type RefundableLine,
  type RefundableOrder,
  type RefundPlan,
  type RefundRequest,
} from './refund-plan.js';

const line = (itemId: string, quantity: number, paid: bigint, rest: Partial<RefundableLine> = {}): RefundableLine => ({
  itemId,
  quantity,
  paid,
  refundedQuantity: 0,
  fulfilledQuantity: 0,
  cancelledQuantity: 0,
  returnedQuantity: 0,
  refunded: 0n,
  ...rest,
});

/** Two lines of 10.00 together and 4.95 of shipping. */
const order: RefundableOrder = {
  currency: 'GBP',
  lines: [line('a', 3, 700n), line('b', 1, 300n)],
  captured: 1495n,
  refunded: 0n,
};

/** The order after the refund that was planned. */
function after(before: RefundableOrder, plan: RefundPlan): RefundableOrder {
  const lines = before.lines.map((one) => {
    const item = plan.items.find(({ itemId }) => itemId === one.itemId);
    if (!item) return one;
    return {
      ...one,
      refundedQuantity: one.refundedQuantity + item.quantity,
      cancelledQuantity: one.cancelledQuantity + item.cancelled,
      refunded: one.refunded + item.amount,
    };
  });
  return { ...before, lines, refunded: before.refunded + plan.amount };
}

/** The order after a refund that was counted turned out to have failed. */
function without(before: RefundableOrder, plan: RefundPlan): RefundableOrder {
  const items = plan.items.map((item) => ({
    ...item,
    quantity: -item.quantity,
    cancelled: -item.cancelled,
    amount: -item.amount,
  }));
  return after(before, { amount: -plan.amount, items });
}

function refusal(
  of: RefundableOrder,
  request: RefundRequest,
): { kind: string; code: string; extra?: unknown; pointer?: string } | null {
  try {
    planRefund(of, request);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const pointer = error.errors?.[0]?.pointer;
    return {
      kind: error.kind,
      code: error.code,
      ...(error.extra && { extra: error.extra }),
      ...(pointer && { pointer }),
    };
  }
}

describe('refund by line', () => {
  it('gives units their part of what was paid for the line, the last one the rest', () => {
    const first = planRefund(order, { items: [{ itemId: 'a', quantity: 1 }] });
    expect(first).toEqual({
      amount: 233n,
      items: [{ itemId: 'a', quantity: 1, cancelled: 1, amount: 233n, restock: false }],
    });
    const rest = planRefund(after(order, first), { items: [{ itemId: 'a', quantity: 2 }] });
    expect(rest.amount).toBe(467n);
  });

  it('restocks only what it is told to', () => {
    const plan = planRefund(order, {
      items: [
        { itemId: 'a', quantity: 3, restock: true },
        { itemId: 'b', quantity: 1, restock: false },
      ],
    });
    expect(plan.amount).toBe(1000n);
    expect(plan.items.map(({ restock }) => restock)).toEqual([true, false]);
  });

  it('allows units that cost nothing, and asks for no money then', () => {
    const free = { ...order, lines: [line('a', 2, 0n), line('b', 3, 1n)] };
    expect(planRefund(free, { items: [{ itemId: 'a', quantity: 2 }] }).amount).toBe(0n);
    expect(planRefund(free, { items: [{ itemId: 'b', quantity: 2 }] }).amount).toBe(0n);
  });

  it('gives a line its all also when an earlier refund failed and its units came back', () => {
    const failed = { ...order, lines: [line('a', 3, 100n, { refundedQuantity: 2, refunded: 67n })] };
    expect(planRefund(failed, { items: [{ itemId: 'a', quantity: 1 }] }).amount).toBe(33n);
    const ahead = { ...order, lines: [line('a', 3, 1n, { refundedQuantity: 1, refunded: 1n })] };
    expect(planRefund(ahead, { items: [{ itemId: 'a', quantity: 1 }] }).amount).toBe(0n);
  });

  it('refuses what no order could allow as invalid', () => {
    const invalid = (items: { itemId: string; quantity: number }[]) => refusal(order, { items });
    expect(invalid([])).toEqual({ kind: 'invalid', code: 'orders.refund_quantity', pointer: '/items' });
    for (const quantity of [0, -1, 0.5, NaN]) {
      expect(invalid([{ itemId: 'a', quantity }])).toMatchObject({ kind: 'invalid', pointer: '/items/0/quantity' });
    }
    const twice = { itemId: 'a', quantity: 1 };
    expect(invalid([twice, twice])).toMatchObject({ code: 'orders.refund_quantity', pointer: '/items/1/itemId' });
    expect(invalid([twice, { itemId: 'z', quantity: 1 }])).toEqual({
      kind: 'invalid',
      code: 'orders.refund_unknown_item',
      pointer: '/items/1/itemId',
    });
  });

  it('refuses more units than are left as a conflict', () => {
    const some = { ...order, lines: [line('a', 3, 700n, { refundedQuantity: 2, refunded: 466n })], refunded: 466n };
    expect(refusal(some, { items: [{ itemId: 'a', quantity: 2 }] })).toEqual({
      kind: 'conflict',
      code: 'orders.refund_quantity',
      extra: { itemId: 'a', left: 1 },
    });
  });

  it('refuses as a whole what earlier refunds by amount have left too little for', () => {
    const goodwill = after(order, planRefund(order, { amount: 1200n }));
    expect(planRefund(goodwill, { items: [{ itemId: 'a', quantity: 1 }] }).amount).toBe(233n);
    expect(refusal(goodwill, { items: [{ itemId: 'a', quantity: 2 }] })).toEqual({
      kind: 'conflict',
      code: 'orders.refund_exceeds_captured',
      extra: { refundable: { amount: 295, currency: 'GBP' } },
    });
  });
});

describe('the units of a refund by line', () => {
  const cancelled = (units: Partial<RefundableLine>, quantity: number, occasion?: 'request' | 'return') =>
    planRefund({ ...order, lines: [line('a', 3, 700n, units)] }, { items: [{ itemId: 'a', quantity }] }, occasion)
      .items[0]?.cancelled;

  it('are those that were not sent first', () => {
    expect(cancelled({}, 3)).toBe(3);
    expect(cancelled({ fulfilledQuantity: 2 }, 1)).toBe(1);
    expect(cancelled({ fulfilledQuantity: 2 }, 2)).toBe(1);
    expect(cancelled({ fulfilledQuantity: 3 }, 2)).toBe(0);
    expect(cancelled({ fulfilledQuantity: 1, refundedQuantity: 1, cancelledQuantity: 1 }, 2)).toBe(1);
  });

  it('are those before that came back and have not been paid for', () => {
    expect(cancelled({ fulfilledQuantity: 1, returnedQuantity: 1 }, 1)).toBe(0);
    expect(cancelled({ fulfilledQuantity: 1, returnedQuantity: 1 }, 2)).toBe(1);
    expect(cancelled({ fulfilledQuantity: 1, returnedQuantity: 1, refundedQuantity: 1 }, 1)).toBe(1);
  });

  it('have been sent where they belong to a return, and are paid for once', () => {
    expect(cancelled({ fulfilledQuantity: 1 }, 1, 'return')).toBe(0);
    const twice = { ...order, lines: [line('a', 3, 700n, { fulfilledQuantity: 1, refundedQuantity: 1 })] };
    expect(() => planRefund(twice, { items: [{ itemId: 'a', quantity: 1 }] }, 'return')).toThrow(
      expect.objectContaining({ code: 'orders.refund_quantity', extra: { itemId: 'a', left: 0 } }),
    );
  });
});

describe('refund by amount', () => {
  it('gives back anything up to what was captured, shipping included', () => {
    expect(planRefund(order, { amount: 1495n })).toEqual({ amount: 1495n, items: [] });
    expect(refusal(order, { amount: 1496n })).toMatchObject({
      code: 'orders.refund_exceeds_captured',
      extra: { refundable: { amount: 1495, currency: 'GBP' } },
    });
  });

  it('is above 0', () => {
    for (const amount of [0n, -1n]) {
      expect(refusal(order, { amount })).toEqual({ kind: 'invalid', code: 'orders.refund_amount', pointer: '/amount' });
    }
  });
});

describe('when nothing is left', () => {
  const nothing = { kind: 'conflict', code: 'orders.nothing_to_refund' };

  it('says so for every way of asking', () => {
    const byAmount = after(order, planRefund(order, { amount: 1495n }));
    expect(refusal(byAmount, { amount: 1n })).toEqual(nothing);
    expect(refusal(byAmount, { items: [{ itemId: 'a', quantity: 1 }] })).toEqual(nothing);
    const all = [
      { itemId: 'a', quantity: 3 },
      { itemId: 'b', quantity: 1 },
    ];
    const byLine = after({ ...order, captured: 1000n }, planRefund(order, { items: all }));
    expect(refusal(byLine, { items: all })).toEqual(nothing);
  });

  it('says so of an order that was never paid, also for units that cost nothing', () => {
    const unpaid = { ...order, captured: 0n };
    expect(refusal(unpaid, { amount: 1n })).toEqual(nothing);
    expect(refusal({ ...unpaid, lines: [line('a', 1, 0n)] }, { items: [{ itemId: 'a', quantity: 1 }] })).toEqual(
      nothing,
    );
  });
});

describe('for all orders and refunds', () => {
  const lines = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.bigInt({ min: 0n, max: 10_000n })), {
    minLength: 1,
    maxLength: 5,
  });
  const orders = fc.tuple(lines, fc.bigInt({ min: 0n, max: 1000n })).map(([list, shipping]): RefundableOrder => {
    const made = list.map(([quantity, paid], i) => line(`item-${i}`, quantity, paid));
    return {
      currency: 'GBP',
      lines: made,
      captured: made.reduce((sum, { paid }) => sum + paid, shipping),
      refunded: 0n,
    };
  });

  it('all units of a line, in whatever parts, sum to what was paid for it, each part within one unit of its share', () => {
    fc.assert(
      fc.property(orders, fc.array(fc.integer({ min: 1, max: 20 })), (start, sizes) => {
        fc.pre(start.captured > 0n);
        let now = start;
        for (const { itemId, quantity, paid } of start.lines) {
          const parts = [...sizes];
          for (let left = quantity; left > 0;) {
            const units = Math.min(parts.shift() ?? left, left);
            const plan = planRefund(now, { items: [{ itemId, quantity: units }] });
            const off = plan.amount * BigInt(quantity) - paid * BigInt(units);
            expect(off < BigInt(quantity) && -off < BigInt(quantity)).toBe(true);
            now = after(now, plan);
            left -= units;
          }
        }
        expect(now.lines.map(({ refunded }) => refunded)).toEqual(start.lines.map(({ paid }) => paid));
      }),
    );
  });

  it('nothing goes back beyond what was captured, whatever is asked and whichever refunds fail in the end', () => {
    const requests = fc.array(
      fc.record({
        request: fc.oneof(
          fc.bigInt({ min: 1n, max: 20_000n }).map((amount): RefundRequest => ({ amount })),
          fc
            .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 50 }))
            .map(([i, quantity]): RefundRequest => ({ items: [{ itemId: `item-${i}`, quantity }] })),
        ),
        firstFails: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(orders, requests, (start, all) => {
        let now = start;
        const granted: RefundPlan[] = [];
        for (const { request, firstFails } of all) {
          if (refusal(now, request)) continue;
          const plan = planRefund(now, request);
          expect(plan.amount >= 0n).toBe(true);
          expect(plan.items.reduce((sum, { amount }) => sum + amount, 0n)).toBe('items' in request ? plan.amount : 0n);
          now = after(now, plan);
          granted.push(plan);
          expect(now.refunded <= now.captured).toBe(true);
          expect(now.lines.every((one) => one.refunded <= one.paid && one.refundedQuantity <= one.quantity)).toBe(true);
          const failed = firstFails ? granted.shift() : undefined;
          if (failed) now = without(now, failed);
        }
      }),
    );
  });

  it('no unit is both sent and given up, and no sent unit is paid for twice, whatever is sent, returned, refunded, or fails', () => {
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom('send', 'return', 'refund', 'refundReturn', 'fail'),
        quantity: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (bought, all) => {
        let now: RefundableOrder = {
          currency: 'GBP',
          lines: [line('a', bought, 1000n)],
          captured: 1000n,
          refunded: 0n,
        };
        const granted: RefundPlan[] = [];
        const one = () => now.lines[0] ?? line('a', bought, 1000n);
        const move = (change: Partial<RefundableLine>) => (now = { ...now, lines: [{ ...one(), ...change }] });
        for (const { what, quantity } of all) {
          const { fulfilledQuantity: sent, cancelledQuantity, returnedQuantity: back } = one();
          if (what === 'send')
            move({ fulfilledQuantity: sent + Math.min(quantity, bought - sent - cancelledQuantity) });
          else if (what === 'return') move({ returnedQuantity: back + Math.min(quantity, sent - back) });
          else if (what === 'fail') {
            const failed = granted.shift();
            if (failed) now = without(now, failed);
          } else {
            const request: RefundRequest = { items: [{ itemId: 'a', quantity }] };
            try {
              const plan = planRefund(now, request, what === 'refund' ? 'request' : 'return');
              now = after(now, plan);
              granted.push(plan);
            } catch (error) {
              if (!(error instanceof AppError)) throw error;
            }
          }
          const state = one();
          expect(state.cancelledQuantity).toBeGreaterThanOrEqual(0);
          expect(state.fulfilledQuantity + state.cancelledQuantity).toBeLessThanOrEqual(bought);
          expect(state.refundedQuantity - state.cancelledQuantity).toBeLessThanOrEqual(state.fulfilledQuantity);
          expect(state.refundedQuantity).toBeGreaterThanOrEqual(state.cancelledQuantity);
        }
      }),
    );
  });
});

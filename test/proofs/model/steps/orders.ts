import fc from 'fast-check';
import { agree, agreeOnOrder, agreeOnStatus } from '../compare.js';
import { approve, at, canCancel, cancel, fail, wrap, type Model, type ModelOrder } from '../model.js';
import { defineStep, place, withKey } from '../step.js';
import type { Caller, Request, World } from '../world.js';
import { recover, settled } from './checkout.js';

/** Places of the orders that a step is about. */
export function ordersWhere(model: Model, wanted: (order: ModelOrder) => boolean): number[] {
  return model.orders.flatMap((order, index) => (wanted(order) ? [index] : []));
}

/** Mostly an order for which the step makes sense; any order now and then. */
export function chooseOrder(
  model: Model,
  order: number,
  any: boolean,
  wanted: (order: ModelOrder) => boolean,
): number | null {
  const places = any ? model.orders.map((_, index) => index) : ordersWhere(model, wanted);
  return places.length === 0 ? null : at(places, wrap(order, places.length));
}

export const anyOrder = () => fc.constantFrom(false, false, false, true);

interface CompleteStep {
  readonly order: number;
  readonly any: boolean;
  readonly outcome: 'approved' | 'declined';
  readonly times: number;
}

const hadStep = (order: ModelOrder) => order.step !== 'none';
const waitsForStep = (order: ModelOrder) => order.step === 'open';

/** What the provider makes of the step: it takes it once, and the same again is no other. */
function answerToStep({ step }: ModelOrder, outcome: CompleteStep['outcome']): 200 | 409 {
  return step === 'open' || step === outcome ? 200 : 409;
}

const completeStep = defineStep<CompleteStep>({
  name: 'completeStep',
  weight: 10,
  parameters: {
    order: place(),
    any: anyOrder(),
    outcome: fc.constantFrom('approved', 'approved', 'declined'),
    times: fc.integer({ min: 1, max: 2 }),
  },
  applies: (model, { any }) => ordersWhere(model, any ? hadStep : waitsForStep).length > 0,
  run: async (model, world, { order, any, outcome, times }) => {
    const places = ordersWhere(model, any ? hadStep : waitsForStep);
    const index = at(places, wrap(order, places.length));
    const chosen = at(model.orders, index);
    const expected = answerToStep(chosen, outcome);
    // The word of it comes as often as the step is taken.
    const statuses = await Promise.all(Array.from({ length: times }, () => takeStep(world, index, outcome)));
    for (const status of statuses) agree('The status of the step', status, expected);
    if (chosen.step !== 'open') return;
    chosen.step = outcome;
    // The provider elsewhere knows, and the shop does not.
    if (model.settings.news) chosen.unanswered = outcome === 'approved' ? 'charged' : 'declined';
    else if (outcome === 'approved') approve(model, chosen);
    else fail(model, chosen);
    agreeOnOrder(world, `o${index}`, chosen, await settled(world, index, chosen.status));
  },
});

/** At the bank's page, which may be the shop's or the provider's. */
async function takeStep(world: World, index: number, outcome: CompleteStep['outcome']): Promise<number> {
  const url = `${at(world.orders, index).stepUrl}/complete`;
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ outcome }) });
  world.note(`at the bank: POST ${url} {"outcome":"${outcome}"} -> ${status}`);
  return status;
}

const isOpen = (order: ModelOrder) => order.status === 'pending_payment' || order.status === 'authorized';

/** The time of an open payment is over: the shop asks the provider what became of it, and gives up what nobody paid. */
export async function expire(model: Model, world: World, index: number): Promise<void> {
  const order = at(model.orders, index);
  if (order.unanswered === 'charged') approve(model, order);
  else fail(model, order);
  if (order.step === 'open') order.step = 'closed';
  agreeOnOrder(world, `o${index}`, order, await recover(world, index, order.status));
}

const expirePayment = defineStep<{ order: number }>({
  name: 'expirePayment',
  weight: 5,
  parameters: { order: place() },
  applies: (model) => ordersWhere(model, isOpen).length > 0,
  run: (model, world, { order }) => {
    const places = ordersWhere(model, isOpen);
    return expire(model, world, at(places, wrap(order, places.length)));
  },
});

/** Who may do something with an order: its customer or the holder of its token, staff, or a stranger who may not. */
export type As = 'owner' | 'staff' | 'stranger';

export function callerOf(world: World, model: Model, index: number, as: As): Pick<Request, 'who' | 'headers'> {
  const { owner } = at(model.orders, index);
  const { token } = at(world.orders, index);
  const who: Caller = as === 'owner' ? owner : as === 'staff' ? 'staff' : owner === 0 ? 1 : 0;
  return { who, ...(as === 'owner' && token !== null ? { headers: { 'order-token': token } } : {}) };
}

const as = () => fc.constantFrom<As>('owner', 'owner', 'staff', 'staff', 'stranger');

interface CancelOrder {
  readonly order: number;
  readonly any: boolean;
  readonly as: As;
  readonly keyed: boolean;
}

const cancelOrder = defineStep<CancelOrder>({
  name: 'cancelOrder',
  weight: 4,
  parameters: { order: place(), any: anyOrder(), as: as(), keyed: withKey() },
  applies: (model, { order, any }) => chooseOrder(model, order, any, canCancel) !== null,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, step.any, canCancel) ?? 0;
    const order = at(model.orders, index);
    const path = `/v1/orders/${at(world.orders, index).id}/cancel`;
    const request = { ...callerOf(world, model, index, step.as), method: 'POST', path } as const;
    const bodies = { body: { reason: 'Changed my mind' }, altered: { reason: 'Another reason' } };
    const answer = await world.sendKeyed({ ...request, ...bodies }, step.keyed);
    if (step.as === 'stranger') return agreeOnStatus(answer, 404, 'order.not_found');
    if (!canCancel(order)) return agreeOnStatus(answer, 409, 'orders.not_cancellable');
    agreeOnStatus(answer, 200);
    cancel(model, order);
    agreeOnOrder(world, `o${index}`, order, answer.json);
  },
});

const readOrder = defineStep<{ order: number; as: As }>({
  name: 'readOrder',
  weight: 2,
  parameters: { order: place(), as: as() },
  applies: (model) => model.orders.length > 0,
  run: async (model, world, step) => {
    const index = wrap(step.order, model.orders.length);
    const path = `/v1/orders/${at(world.orders, index).id}`;
    const answer = await world.send({ ...callerOf(world, model, index, step.as), method: 'GET', path });
    if (step.as === 'stranger') return agreeOnStatus(answer, 404, 'order.not_found');
    agreeOnStatus(answer, 200);
    agreeOnOrder(world, `o${index}`, at(model.orders, index), answer.json);
  },
});

export const orderSteps = [completeStep, expirePayment, cancelOrder, readOrder];

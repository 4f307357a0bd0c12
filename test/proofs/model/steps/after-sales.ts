import fc from 'fast-check';
import { agreeOnOrder, agreeOnStatus } from '../compare.js';
import {
  askReturn,
  at,
  canStep,
  receive,
  refusalToSend,
  returnable,
  sendUnits,
  stepReturn,
  unsent,
  wrap,
  type Model,
  type ModelOrder,
  type ReturnStep,
  type Units,
} from '../model.js';
import { defineStep, place, withKey } from '../step.js';
import type { World } from '../world.js';
import { anyOrder, callerOf, chooseOrder, ordersWhere, type As } from './orders.js';

interface Line {
  readonly line: number;
  readonly quantity: number;
}

const lines = () =>
  fc.uniqueArray(fc.record({ line: fc.nat({ max: 4 }), quantity: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 2,
    selector: ({ line }) => line,
  });

/** The units of a request: of lines that have some, and no more than they have, unless the step is to try anything. */
function unitsOf(
  order: ModelOrder,
  asked: readonly Line[],
  any: boolean,
  left: (line: number) => number,
): Map<number, number> {
  const places = order.lines.flatMap((_, index) => (any || left(index) > 0 ? [index] : []));
  return new Map(
    asked.map(({ line, quantity }) => {
      const index = at(places, wrap(line, places.length));
      return [index, any ? quantity : Math.min(quantity, left(index))];
    }),
  );
}

function itemsOf(model: Model, world: World, index: number, units: Units): object[] {
  const { items } = at(world.orders, index);
  return [...units].map(([line, quantity]) => ({
    itemId: items.get(at(at(model.orders, index).lines, line).variant),
    quantity,
  }));
}

interface Fulfil {
  readonly order: number;
  readonly any: boolean;
  /** Nothing: all that is left. */
  readonly lines: readonly Line[] | null;
  readonly keyed: boolean;
}

const toSend = (order: ModelOrder) => order.status === 'paid' && order.lines.some((line) => unsent(line) > 0);

const fulfilOrder = defineStep<Fulfil>({
  name: 'fulfilOrder',
  weight: 9,
  parameters: { order: place(), any: anyOrder(), lines: fc.option(lines()), keyed: withKey() },
  applies: (model, { order, any }) => chooseOrder(model, order, any, toSend) !== null,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, step.any, toSend) ?? 0;
    const order = at(model.orders, index);
    const left = (line: number) => unsent(at(order.lines, line));
    const rest = order.lines.flatMap((_, line) => (left(line) > 0 ? [[line, left(line)] as const] : []));
    const units = step.lines ? unitsOf(order, step.lines, step.any, left) : new Map(rest);
    const body = step.lines ? { items: itemsOf(model, world, index, units) } : {};
    const path = `/v1/orders/${at(world.orders, index).id}/fulfilments`;
    const altered = { ...body, carrier: 'Another' };
    const answer = await world.sendKeyed({ who: 'staff', method: 'POST', path, body, altered }, step.keyed);
    const refusal = refusalToSend(model, order, units);
    if (refusal !== null) return agreeOnStatus(answer, 409, refusal);
    agreeOnStatus(answer, 201);
    sendUnits(model, order, units);
    agreeOnOrder(world, `o${index}`, order, answer.json);
  },
});

interface AskReturn {
  readonly order: number;
  readonly any: boolean;
  readonly as: As;
  readonly lines: readonly Line[];
  readonly keyed: boolean;
}

const wasSent = (order: ModelOrder) => order.lines.some((_, index) => returnable(order, index) > 0);

const askForReturn = defineStep<AskReturn>({
  name: 'askForReturn',
  weight: 9,
  parameters: {
    order: place(),
    any: anyOrder(),
    as: fc.constantFrom<As>('owner', 'owner', 'owner', 'staff', 'stranger'),
    lines: lines(),
    keyed: withKey(),
  },
  applies: (model, { order, any }) => chooseOrder(model, order, any, wasSent) !== null,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, step.any, wasSent) ?? 0;
    const order = at(model.orders, index);
    const units = unitsOf(order, step.lines, step.any, (line) => returnable(order, line));
    const body = { items: itemsOf(model, world, index, units) };
    const path = `/v1/orders/${at(world.orders, index).id}/returns`;
    const request = { ...callerOf(world, model, index, step.as), method: 'POST', path, body } as const;
    const answer = await world.sendKeyed({ ...request, altered: { ...body, note: 'Another' } }, step.keyed);
    if (step.as === 'stranger') return agreeOnStatus(answer, 404, 'order.not_found');
    if ([...units].some(([line, quantity]) => quantity > returnable(order, line)))
      return agreeOnStatus(answer, 409, 'orders.return_quantity');
    agreeOnStatus(answer, 201);
    askReturn(order, units);
    const { returns } = at(world.orders, index);
    const asked = (answer.json['returns'] as { id: string }[]).find(({ id }) => !returns.includes(id));
    returns.push(asked?.id ?? '');
    world.name(asked?.id ?? '', `$o${index}.r${returns.length - 1}`);
    agreeOnOrder(world, `o${index}`, order, answer.json);
  },
});

interface StepReturn {
  readonly order: number;
  readonly which: number;
  readonly step: ReturnStep;
  readonly restock: boolean;
  readonly refund: boolean;
  /** One unit less of each line comes than was asked for. */
  readonly fewer: boolean;
  readonly keyed: boolean;
}

const hasReturns = (order: ModelOrder) => order.returns.length > 0;

function bodyOf(model: Model, world: World, index: number, step: StepReturn, units: Units): object {
  if (step.step === 'receive') {
    const items = itemsOf(model, world, index, units).map((item) => ({ ...item, restock: step.restock }));
    return { items, refund: step.refund };
  }
  return step.step === 'cancel' ? {} : { answer: 'As you like' };
}

const stepOfReturn = defineStep<StepReturn>({
  name: 'stepOfReturn',
  weight: 14,
  parameters: {
    order: place(),
    which: place(),
    step: fc.constantFrom<ReturnStep>(
      'approve',
      'approve',
      'approve',
      'receive',
      'receive',
      'receive',
      'reject',
      'cancel',
    ),
    restock: fc.boolean(),
    refund: fc.boolean(),
    fewer: fc.constantFrom(false, false, true),
    keyed: withKey(),
  },
  applies: (model) => ordersWhere(model, hasReturns).length > 0,
  run: async (model, world, step) => {
    const index = chooseOrder(model, step.order, false, hasReturns) ?? 0;
    const order = at(model.orders, index);
    const which = wrap(step.which, order.returns.length);
    const asked = at(order.returns, which);
    const units = new Map(
      [...asked.lines].map(([line, quantity]) => [line, Math.max(quantity - Number(step.fewer), 1)]),
    );
    const body = bodyOf(model, world, index, step, units);
    const path = `/v1/orders/${at(world.orders, index).id}/returns/${at(at(world.orders, index).returns, which)}/${step.step}`;
    const answer = await world.sendKeyed(
      { who: 'staff', method: 'POST', path, body, altered: alteredOf(step) },
      step.keyed,
    );
    if (!canStep(asked, step.step)) return agreeOnStatus(answer, 409, 'orders.return_state');
    const refusal = step.step === 'receive' ? receive(model, order, asked, units, step) : null;
    if (refusal !== null) return agreeOnStatus(answer, 409, refusal);
    agreeOnStatus(answer, 200);
    if (step.step !== 'receive') stepReturn(order, asked, step.step);
    agreeOnOrder(world, `o${index}`, order, answer.json);
  },
});

function alteredOf({ step, refund }: StepReturn): object {
  if (step === 'receive') return { refund: !refund };
  return step === 'cancel' ? {} : { answer: 'Another answer' };
}

export const afterSalesSteps = [fulfilOrder, askForReturn, stepOfReturn];

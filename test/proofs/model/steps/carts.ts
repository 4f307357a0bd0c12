import fc from 'fast-check';
import type { Answer } from '../../../support/api-client.js';
import { agreeOnCart, agreeOnStatus } from '../compare.js';
import {
  activeCartOf,
  addTo,
  at,
  merge,
  newCart,
  seesCart,
  wrap,
  type Model,
  type ModelCart,
  type Owner,
} from '../model.js';
import { customer, defineStep, place, withKey } from '../step.js';
import type { Json, World } from '../world.js';

const quantity = () =>
  fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 4, max: 9 }));
const caller = () => fc.constantFrom<Owner>(null, null, 0, 1);

interface Line {
  readonly variant: number;
  readonly quantity: number;
}

function bodyOf(world: World, line: Line): { variantId: string; quantity: number } {
  return { variantId: at(world.variants, wrap(line.variant, world.variants.length)).id, quantity: line.quantity };
}

/** Mostly a cart with which the step makes sense; any cart now and then. */
export function chooseCart(
  model: Model,
  cart: number,
  any: boolean,
  wanted: (cart: ModelCart) => boolean,
): number | null {
  const places = model.carts.flatMap((found, index) => (any || wanted(found) ? [index] : []));
  return places.length === 0 ? null : at(places, wrap(cart, places.length));
}

/** The caller who may see the cart, or another customer where the step asks for one. */
function callerOf(model: Model, cart: number, stranger: boolean): Owner {
  const { owner } = at(model.carts, cart);
  if (!stranger) return owner;
  return owner === 0 ? 1 : 0;
}

/** Checks the answer to a change of a cart. Answers whether the change was to be made. */
function agreeOnAccess(model: Model, cart: number, who: Owner, answer: Answer<Json>): boolean {
  const { status } = at(model.carts, cart);
  if (!seesCart(at(model.carts, cart), who)) agreeOnStatus(answer, 404, 'cart.not_found');
  else if (status === 'ordered') agreeOnStatus(answer, 409, 'cart.already_ordered');
  else return true;
  return false;
}

const createCart = defineStep<{ who: Owner; lines: Line[]; keyed: boolean }>({
  name: 'createCart',
  weight: 4,
  parameters: {
    who: caller(),
    lines: fc.array(fc.record({ variant: place(), quantity: quantity() }), { maxLength: 3, size: 'max' }),
    keyed: withKey(),
  },
  run: async (model, world, { who, lines, keyed }) => {
    const items = lines.map((line) => bodyOf(world, line));
    const altered = { items: [...items, bodyOf(world, { variant: 0, quantity: 1 })] };
    const answer = await world.sendKeyed({ who, method: 'POST', path: '/v1/carts', body: { items }, altered }, keyed);
    const active = who === null ? null : activeCartOf(model, who);
    agreeOnStatus(answer, active === null ? 201 : 200);
    const index = active ?? newCart(model, who);
    world.name(String(answer.json['id']), `$c${index}`);
    for (const line of lines) addTo(at(model.carts, index), wrap(line.variant, model.variants.length), line.quantity);
    agreeOnCart(world, model, index, answer.json);
  },
});

interface Change {
  readonly cart: number;
  readonly any: boolean;
  readonly stranger: boolean;
}

/** Strangers try it now and then, and so do those who have ordered. */
const change = {
  cart: place(),
  any: fc.constantFrom(false, false, false, true),
  stranger: fc.constantFrom(false, false, false, false, true),
};
const hasCarts = (model: Model, { cart, any }: Change) => chooseCart(model, cart, any, isActive) !== null;
const isActive = ({ status }: ModelCart) => status === 'active';

const addItem = defineStep<Change & Line & { keyed: boolean }>({
  name: 'addItem',
  weight: 3,
  parameters: { ...change, variant: place(), quantity: quantity(), keyed: withKey() },
  applies: hasCarts,
  run: async (model, world, step) => {
    const cart = chooseCart(model, step.cart, step.any, isActive) ?? 0;
    const who = callerOf(model, cart, step.stranger);
    const body = bodyOf(world, step);
    const path = `/v1/carts/${at(world.carts, cart)}/items`;
    const altered = { ...body, quantity: body.quantity + 1 };
    const answer = await world.sendKeyed({ who, method: 'POST', path, body, altered }, step.keyed);
    if (!agreeOnAccess(model, cart, who, answer)) return;
    agreeOnStatus(answer, 200);
    addTo(at(model.carts, cart), wrap(step.variant, model.variants.length), step.quantity);
    agreeOnCart(world, model, cart, answer.json);
  },
});

/** The id of one of a cart's lines, read anew where no answer has told it; a made up one where the cart has none. */
async function lineOf(model: Model, world: World, cart: number, line: number): Promise<[number | null, string]> {
  const variants = [...at(model.carts, cart).lines.keys()];
  if (variants.length === 0) return [null, '0198c5f0-7b7e-7000-8000-000000000000'];
  const variant = at(variants, wrap(line, variants.length));
  const known = world.cartItems[cart]?.get(variant);
  if (known !== undefined) return [variant, known];
  if (at(model.carts, cart).status === 'active') await read(model, world, cart, at(model.carts, cart).owner);
  return [variant, world.cartItems[cart]?.get(variant) ?? '0198c5f0-7b7e-7000-8000-000000000000'];
}

const changeItem = defineStep<Change & { line: number; quantity: number; remove: boolean }>({
  name: 'changeItem',
  weight: 2,
  parameters: { ...change, line: place(), quantity: fc.nat({ max: 9 }), remove: fc.boolean() },
  applies: hasCarts,
  run: async (model, world, step) => {
    const cart = chooseCart(model, step.cart, step.any, isActive) ?? 0;
    const who = callerOf(model, cart, step.stranger);
    const [variant, id] = await lineOf(model, world, cart, step.line);
    const path = `/v1/carts/${at(world.carts, cart)}/items/${id}`;
    const answer = step.remove
      ? await world.send({ who, method: 'DELETE', path })
      : await world.send({ who, method: 'PATCH', path, body: { quantity: step.quantity } });
    if (!agreeOnAccess(model, cart, who, answer)) return;
    if (variant === null) return agreeOnStatus(answer, 404, 'cart_item.not_found');
    agreeOnStatus(answer, 200);
    if (step.remove || step.quantity === 0) at(model.carts, cart).lines.delete(variant);
    else at(model.carts, cart).lines.set(variant, step.quantity);
    agreeOnCart(world, model, cart, answer.json);
  },
});

/** Reads a cart and holds it against the model. */
export async function read(model: Model, world: World, cart: number, who: Owner): Promise<void> {
  const answer = await world.send({ who, method: 'GET', path: `/v1/carts/${at(world.carts, cart)}` });
  if (!seesCart(at(model.carts, cart), who)) return agreeOnStatus(answer, 404, 'cart.not_found');
  agreeOnStatus(answer, 200);
  agreeOnCart(world, model, cart, answer.json);
}

const readCart = defineStep<Change>({
  name: 'readCart',
  weight: 1,
  parameters: change,
  applies: hasCarts,
  run: (model, world, step) => {
    const cart = chooseCart(model, step.cart, step.any, isActive) ?? 0;
    return read(model, world, cart, callerOf(model, cart, step.stranger));
  },
});

/** Where the lines of a merged cart have ended. */
function followed(model: Model, cart: number): number {
  const { mergedInto } = at(model.carts, cart);
  return mergedInto === null ? cart : followed(model, mergedInto);
}

const claimCart = defineStep<{ cart: number; by: number; keyed: boolean }>({
  name: 'claimCart',
  weight: 2,
  parameters: { cart: place(), by: customer(), keyed: withKey() },
  applies: (model) => model.carts.length > 0,
  run: async (model, world, { by, keyed, ...step }) => {
    const index = wrap(step.cart, model.carts.length);
    const cart = at(model.carts, index);
    const path = `/v1/carts/${at(world.carts, index)}/claim`;
    // The request has no body; under its key another request is one to another address.
    const answer = await world.sendKeyed({ who: by, method: 'POST', path, altered: {} }, keyed);
    if (cart.owner !== null && cart.owner !== by) return agreeOnStatus(answer, 404, 'cart.not_found');
    const end = followed(model, index);
    if (at(model.carts, end).status === 'ordered') return agreeOnStatus(answer, 409, 'cart.already_ordered');
    agreeOnStatus(answer, 200);
    const target = activeCartOf(model, by);
    if (cart.owner === null && target !== null) merge(model, index, target, by);
    else if (cart.owner === null) cart.owner = by;
    agreeOnCart(world, model, followed(model, index), answer.json);
  },
});

export const cartSteps = [createCart, addItem, changeItem, readCart, claimCart];

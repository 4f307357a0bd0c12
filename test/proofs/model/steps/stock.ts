import fc from 'fast-check';
import { agree, agreeOnStatus } from '../compare.js';
import { at, availableOf, wrap, type Model } from '../model.js';
import { defineStep, place, withKey } from '../step.js';
import type { World } from '../world.js';

type Adjustment = { readonly delta: number } | { readonly onHand: number };

const adjustStock = defineStep<{ variant: number; adjustment: Adjustment; keyed: boolean }>({
  name: 'adjustStock',
  weight: 2,
  parameters: {
    variant: place(),
    adjustment: fc.oneof(
      fc.record({ delta: fc.integer({ min: -6, max: 6 }) }),
      fc.record({ onHand: fc.integer({ min: 0, max: 12 }) }),
    ),
    keyed: withKey(),
  },
  run: async (model, world, { variant, adjustment, keyed }) => {
    const index = wrap(variant, model.variants.length);
    const stock = at(model.variants, index);
    const path = `/v1/inventory/${at(world.variants, index).id}/adjustments`;
    const body = { ...adjustment, reason: 'Counted' };
    const answer = await world.sendKeyed(
      { who: 'staff', method: 'POST', path, body, altered: { ...adjustment, reason: 'Counted again' } },
      keyed,
    );
    const onHand = 'delta' in adjustment ? stock.onHand + adjustment.delta : adjustment.onHand;
    if (!stock.tracked) return agreeOnStatus(answer, 409, 'inventory.not_tracked');
    if (onHand < stock.reserved) return agreeOnStatus(answer, 409, 'inventory.below_reserved');
    agreeOnStatus(answer, 201);
    stock.onHand = onHand;
    const { reserved, available } = answer.json;
    agree(
      `The stock of v${index}`,
      { onHand: answer.json['onHand'], reserved, available },
      { onHand, reserved: stock.reserved, available: availableOf(stock) },
    );
  },
});

interface VariantJson {
  readonly id: string;
  readonly available: number | null;
  readonly price: { readonly amount: number };
}

async function readProduct(model: Model, world: World): Promise<void> {
  const answer = await world.send({ who: null, method: 'GET', path: `/v1/products/${world.product.id}` });
  agreeOnStatus(answer, 200);
  const shop = (answer.json['variants'] as VariantJson[]).map(({ id, available, price }) => ({
    variant: world.variants.findIndex((known) => known.id === id),
    available,
    price: price.amount,
  }));
  agree(
    'The variants of the product',
    shop.sort((a, b) => a.variant - b.variant),
    model.variants.map((stock, variant) => ({ variant, available: availableOf(stock), price: stock.price })),
  );
}

/** Whether the product is found among those in stock. */
async function listProducts(model: Model, world: World): Promise<void> {
  const path = `/v1/products?vendor=${world.product.vendor}&inStock=true`;
  const answer = await world.send({ who: null, method: 'GET', path });
  agreeOnStatus(answer, 200);
  const inStock = model.variants.some((stock) => stock.backorder || availableOf(stock) !== 0);
  const shop = (answer.json['items'] as { id: string }[]).map(({ id }) => id);
  agree('The products in stock', shop, inStock ? [world.product.id] : []);
}

const browse = defineStep<{ list: boolean }>({
  name: 'browse',
  weight: 1,
  parameters: { list: fc.boolean() },
  run: (model, world, { list }) => (list ? listProducts(model, world) : readProduct(model, world)),
});

export const stockSteps = [adjustStock, browse];

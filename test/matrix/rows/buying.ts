import { orderBody } from '../../support/shop-fixture.js';
import type { Caller } from '../callers.js';
import type { Rows } from '../row.js';
import type { World } from '../world.js';

/** Carts, orders and what becomes of them. */
export const buying: Rows = {
  createCart: { ask: () => ({ body: {} }) },
  getCart: { ask: async (world, holder) => ({ params: { id: (await world.cart(holder)).id } }) },
  claimCart: {
    ask: async (world) => ({ params: { id: (await world.cart(world.caller('nobody'))).id } }),
    foreign: async (world, owner) => ({ params: { id: (await world.cart(owner)).id } }),
  },
  addCartItem: {
    ask: async (world, holder) => ({
      params: { id: (await world.cart(holder)).id },
      body: { variantId: world.standing.variantId, quantity: 1 },
    }),
  },
  changeCartItem: { ask: async (world, holder) => ({ params: await world.cart(holder), body: { quantity: 3 } }) },
  removeCartItem: { ask: async (world, holder) => ({ params: await world.cart(holder) }) },
  getMyCart: { ask: async (world, holder) => (await world.cart(holder), {}) },
  listShippingMethods: {
    ask: async (world, holder) => ({ query: { cartId: (await world.cart(holder)).id } }),
    missing: () => ({ query: { cartId: 'A'.repeat(22) } }),
  },
  placeOrder: {
    ask: async (world, holder) => ({ body: orderBody((await world.cart(holder)).id) }),
    missing: () => ({ body: orderBody('A'.repeat(22)) }),
  },
  listOrders: { ask: () => ({}) },
  getOrder: { ask: (world, holder) => aboutOrder(world, holder) },
  listOrderTimeline: { ask: (world, holder) => aboutOrder(world, holder) },
  cancelOrder: { ask: async (world, holder) => ({ ...(await aboutOrder(world, holder)), body: {} }) },
  captureOrder: { ask: (world, holder) => aboutOrder(world, holder), past: [409] },
  refundOrder: {
    ask: async (world, holder) => ({
      ...(await aboutOrder(world, holder)),
      body: { amount: { amount: 1, currency: 'GBP' } },
    }),
  },
  fulfilOrder: { ask: async (world, holder) => ({ ...(await aboutOrder(world, holder)), body: {} }) },
  updateFulfilment: {
    ask: async (world, holder) => {
      const { id, fulfilments } = await world.sentOrder(holder);
      return { params: { id, fulfilmentId: fulfilments[0]?.id ?? '' }, body: { carrier: 'Post' } };
    },
  },
  writeOrderNote: { ask: async (world, holder) => ({ ...(await aboutOrder(world, holder)), body: { text: 'Rang' } }) },
  requestReturn: {
    ask: async (world, holder) => {
      const order = await world.sentOrder(holder);
      return {
        params: { id: order.id },
        headers: world.keyTo(holder, order),
        body: { items: [{ itemId: order.items[0]?.id, quantity: 1 }] },
      };
    },
  },
  approveReturn: { ask: (world, holder) => aboutReturn(world, holder, {}) },
  rejectReturn: { ask: (world, holder) => aboutReturn(world, holder, {}) },
  receiveReturn: { ask: (world, holder) => aboutReturn(world, holder, {}, true) },
  cancelReturn: { ask: (world, holder) => aboutReturn(world, holder) },
  showTestPayment: { ask: async (world, holder) => ({ params: await waitingPayment(world, holder) }), idAlone: true },
  completeTestPayment: {
    ask: async (world, holder) => ({ params: await waitingPayment(world, holder), body: { outcome: 'declined' } }),
    idAlone: true,
  },
  receivePaymentWebhook: { ask: () => ({ params: { provider: 'stripe' }, body: {} }), past: [404] },
  listLedgerEntries: { ask: () => ({}) },
  reconcilePayments: { ask: () => ({}) },
};

async function aboutOrder(world: World, holder: Caller) {
  const order = await world.order(holder);
  return { params: { id: order.id }, headers: world.keyTo(holder, order) };
}

async function aboutReturn(world: World, holder: Caller, body?: object, approved = false) {
  const { order, returnId } = await world.returnedOrder(holder, approved);
  return { params: { id: order.id, returnId }, headers: world.keyTo(holder, order), ...(body ? { body } : {}) };
}

async function waitingPayment(world: World, holder: Caller): Promise<{ paymentId: string }> {
  const { nextAction } = await world.order(holder, 'tok_requires_action');
  return { paymentId: nextAction?.url.split('/').at(-1) ?? '' };
}

import { randomUUID } from 'node:crypto';
import { MAIN_LOCATION } from '../../support/shop-fixture.js';
import type { Rows } from '../row.js';

const unique = () => randomUUID().slice(0, 8);

/** Catalogue, stock, webhooks and mails, and what a shop says of itself. */
export const shop: Rows = {
  checkLiveness: { ask: () => ({}) },
  checkReadiness: { ask: () => ({}) },
  getMetrics: { ask: () => ({}) },
  getDemoPicture: { ask: () => ({ params: { file: 'insulated-bottle.svg' } }) },

  listProducts: { ask: () => ({}) },
  getProduct: { ask: async (world) => ({ params: { idOrSlug: await world.product() } }) },
  createProduct: { ask: () => ({ body: { title: `Mug ${unique()}` } }) },
  updateProduct: {
    ask: async (world) => ({ params: { idOrSlug: await world.product() }, body: { vendor: 'Falcon' } }),
  },
  deleteProduct: { ask: async (world) => ({ params: { idOrSlug: await world.product() } }) },
  addVariant: {
    ask: async (world) => ({
      params: { idOrSlug: await world.product() },
      body: { sku: unique(), price: { amount: 100, currency: 'GBP' } },
    }),
  },
  updateVariant: { ask: async (world) => ({ params: { id: await world.variant() }, body: { weightGrams: 5 } }) },
  deleteVariant: { ask: async (world) => ({ params: { id: await world.variant() } }) },
  listCategories: { ask: () => ({}) },
  createCategory: { ask: () => ({ body: { name: `Cups ${unique()}` } }) },
  updateCategory: {
    ask: async (world) => ({
      params: { id: await world.made('/v1/categories', { name: unique() }) },
      body: { name: unique() },
    }),
  },
  deleteCategory: {
    ask: async (world) => ({ params: { id: await world.made('/v1/categories', { name: unique() }) } }),
  },
  exportProducts: { ask: () => ({ query: { format: 'shopify' } }) },
  listImports: { ask: () => ({}) },
  getImport: { ask: (world) => ({ params: { id: world.standing.importId } }) },
  importProducts: {
    ask: () => ({
      query: { format: 'shopify' },
      body: 'Handle,Title\nmug,Mug\n',
      headers: { 'content-type': 'text/csv' },
    }),
    past: [202, 409],
  },

  getStock: { ask: (world) => ({ params: { variantId: world.standing.variantId } }) },
  updateStock: { ask: async (world) => ({ params: { variantId: await world.variant() }, body: { lowStockAt: 3 } }) },
  listStockMovements: { ask: (world) => ({ params: { variantId: world.standing.variantId } }) },
  adjustStock: {
    ask: async (world) => ({ params: { variantId: await world.variant() }, body: { delta: 1, reason: 'Found' } }),
  },
  transferStock: {
    ask: async (world) => ({
      params: { variantId: await world.variant() },
      body: { fromLocationId: MAIN_LOCATION, toLocationId: await world.location(), quantity: 1, reason: 'To Leeds' },
    }),
  },
  listLocations: { ask: () => ({}) },
  createLocation: { ask: () => ({ body: { code: `l-${unique()}`, name: 'Leeds' } }) },
  updateLocation: { ask: async (world) => ({ params: { id: await world.location() }, body: { name: 'York' } }) },
  deleteLocation: { ask: async (world) => ({ params: { id: await world.location() } }) },

  listMails: { ask: () => ({}) },
  getMail: { ask: (world) => ({ params: { id: world.standing.mailId } }) },
  replayMail: { ask: (world) => ({ params: { id: world.standing.mailId } }) },
  listWebhooks: { ask: () => ({}) },
  listWebhookEventTypes: { ask: () => ({}) },
  createWebhook: {
    ask: (world) => ({ body: { url: world.receiver.url(), eventTypes: ['orders.cancelled'], disabled: true } }),
  },
  getWebhook: { ask: async (world) => ({ params: { id: await world.webhook() } }) },
  changeWebhook: { ask: async (world) => ({ params: { id: await world.webhook() }, body: { description: 'Books' } }) },
  deleteWebhook: { ask: async (world) => ({ params: { id: await world.webhook() } }) },
  rotateWebhookSecret: { ask: async (world) => ({ params: { id: await world.webhook() }, body: {} }) },
  listWebhookDeliveries: { ask: (world) => ({ params: { id: world.standing.webhookId } }) },
  getWebhookDelivery: { ask: (world) => ({ params: { deliveryId: world.standing.deliveryId } }) },
  replayWebhookDelivery: { ask: (world) => ({ params: { deliveryId: world.standing.deliveryId } }) },
};

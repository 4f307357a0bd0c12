import { randomUUID } from 'node:crypto';
import { PAGE, PASSWORD } from '../catalog.mjs';
import { pick } from '../random.mjs';
import { ADDRESS, askJson, mustBe, pickTwo, sameNumbers } from './check.mjs';

/** Products that carts are filled with; each one's id has to be asked for first. */
const GOODS = 400;

/**
 * The shop's scenarios, after it was asked for what a storefront would know: the ids of variants and a way to ship.
 * @param {import('../catalog.mjs').Catalog} catalog
 * @param {import('../http-client.mjs').HttpClient} client
 */
export async function shopScenarios(catalog, client) {
  const goods = [];
  for (const { slug, price } of catalog.products.slice(0, GOODS)) {
    const { json } = await askJson(client, 200, 'GET', `/v1/products/${slug}`);
    goods.push({ variantId: json.variants[0].id, price });
  }
  const newCart = (by, products) =>
    askJson(by, 201, 'POST', '/v1/carts', {
      body: { items: products.map(({ variantId }) => ({ variantId, quantity: 1 })) },
    });
  const { id } = (await newCart(client, [goods[0]])).json;
  const [{ code: shippingMethod }] = (await askJson(client, 200, 'GET', `/v1/shipping-methods?cartId=${id}`)).json
    .items;
  return { ...reads(catalog), ...sales(goods, newCart, shippingMethod), login: login(catalog) };
}

function reads({ categories, products, words }) {
  return {
    async list(client, random) {
      const { slug, prices } = pick(random, categories);
      const { json, ...answer } = await askJson(client, 200, 'GET', `/v1/products?category=${slug}&sort=price`);
      mustBe(
        sameNumbers(
          json.items.map(({ price }) => price.amount),
          prices,
        ),
        'list',
        answer,
      );
    },
    async search(client, random) {
      const { word, found } = pick(random, words);
      const { json, ...answer } = await askJson(client, 200, 'GET', `/v1/products?q=${word}`);
      const right =
        json.items.length === Math.min(found, PAGE) && json.items.every(({ title }) => title.endsWith(word));
      mustBe(right, 'search', answer);
    },
    async detail(client, random) {
      const { slug, price, description } = pick(random, products);
      const { json, ...answer } = await askJson(client, 200, 'GET', `/v1/products/${slug}`);
      const [variant] = json.variants;
      mustBe(variant.price.amount === price && json.description === description && variant.inStock, 'detail', answer);
    },
  };
}

function sales(goods, newCart, shippingMethod) {
  return {
    async cart(client, random) {
      const [first, second] = pickTwo(random, goods);
      const { id } = (await newCart(client, [first])).json;
      const { variantId } = second;
      await askJson(client, 200, 'POST', `/v1/carts/${id}/items`, { body: { variantId, quantity: 1 } });
      const { json, ...answer } = await askJson(client, 200, 'GET', `/v1/carts/${id}`);
      mustBe(json.items.length === 2 && json.subtotal.amount === first.price + second.price, 'cart', answer);
    },
    async checkout(client, random) {
      const [first, second] = pickTwo(random, goods);
      const { id } = (await newCart(client, [first, second])).json;
      const { json, ...answer } = await askJson(client, 201, 'POST', '/v1/orders', {
        headers: { 'idempotency-key': `"${randomUUID()}"` },
        body: {
          cartId: id,
          email: 'ida@example.com',
          shippingAddress: ADDRESS,
          shippingMethod,
          payment: { provider: 'test', token: 'tok_approved' },
        },
      });
      mustBe(json.status === 'paid' && json.subtotal.amount === first.price + second.price, 'checkout', answer);
    },
  };
}

function login({ customers }) {
  return async (client, random) => {
    const { email } = pick(random, customers);
    const signIn = await askJson(client, 200, 'POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
    const headers = { authorization: `Bearer ${signIn.json.accessToken}` };
    const { json, ...answer } = await askJson(client, 200, 'GET', '/v1/users/me', { headers });
    mustBe(json.email === email, 'login', answer);
  };
}

import { PAGE, PASSWORD } from '../catalog.mjs';
import { pick } from '../random.mjs';
import { ADDRESS, askJson, mustBe, pickTwo, sameNumbers } from './check.mjs';

/** The floor's scenarios. @param {import('../catalog.mjs').Catalog} catalog */
export function floorScenarios(catalog) {
  const goods = catalog.products.map(({ price, slug, description }, n) => ({ id: n + 1, price, slug, description }));
  const newCart = (client, products) =>
    askJson(client, 200, 'POST', '/carts', {
      body: { items: products.map(({ id }) => ({ productId: id, quantity: 1 })) },
    });

  return {
    async list(client, random) {
      const { slug, prices } = pick(random, catalog.categories);
      const { json, ...answer } = await askJson(client, 200, 'GET', `/products?category=${slug}`);
      mustBe(
        sameNumbers(
          json.items.map(({ price }) => price),
          prices,
        ),
        'list',
        answer,
      );
    },
    async search(client, random) {
      const { word, found } = pick(random, catalog.words);
      const { json, ...answer } = await askJson(client, 200, 'GET', `/products?q=${word}`);
      const right =
        json.items.length === Math.min(found, PAGE) && json.items.every(({ title }) => title.endsWith(word));
      mustBe(right, 'search', answer);
    },
    async detail(client, random) {
      const { slug, price, description } = pick(random, goods);
      const { json, ...answer } = await askJson(client, 200, 'GET', `/products/${slug}`);
      mustBe(json.price === price && json.description === description && json.stock > 0, 'detail', answer);
    },
    async cart(client, random) {
      const [first, second] = pickTwo(random, goods);
      const { id } = (await newCart(client, [first])).json;
      await askJson(client, 200, 'POST', `/carts/${id}/items`, { body: { productId: second.id, quantity: 1 } });
      const { json, ...answer } = await askJson(client, 200, 'GET', `/carts/${id}`);
      mustBe(json.items.length === 2 && json.subtotal === first.price + second.price, 'cart', answer);
    },
    async checkout(client, random) {
      const [first, second] = pickTwo(random, goods);
      const { id } = (await newCart(client, [first, second])).json;
      const body = { cartId: id, email: 'ida@example.com', address: ADDRESS };
      const { json, ...answer } = await askJson(client, 200, 'POST', '/orders', { body });
      mustBe(json.status === 'paid' && json.subtotal === first.price + second.price, 'checkout', answer);
    },
    async login(client, random) {
      const { email } = pick(random, catalog.customers);
      const { json, ...answer } = await askJson(client, 200, 'POST', '/login', { body: { email, password: PASSWORD } });
      mustBe(json.email === email, 'login', answer);
    },
  };
}

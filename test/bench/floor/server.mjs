/**
 * The floor: what Node, Fastify and PostgreSQL can do here when a server does nothing but the work itself. Named prepared statements, as few
 * of them as there can be; no accounts, permissions, validation, ledger, events or keys. A measure, not a shop.
 */
import { verify } from '@node-rs/argon2';
import Fastify from 'fastify';
import pg from 'pg';
import { CHECKOUT, READS, CARTS } from './statements.mjs';

const { DATABASE_URL, POOL_SIZE = '10', PORT = '0' } = process.env;
const SHIPPING = 495;
const PAGE = 24;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
pool.on('error', () => undefined);
const app = Fastify({ logger: false });

const ask = async (statement, values, client = pool) => (await client.query({ ...statement, values })).rows;
const page = (rows) => ({ items: rows.slice(0, PAGE), more: rows.length > PAGE });

app.get('/health', async () => ask(READS.health, []));
app.get('/products', async ({ query }) =>
  page(query.q === undefined ? await ask(READS.list, [query.category]) : await ask(READS.search, [query.q])),
);
app.get('/products/:slug', async ({ params }, reply) => {
  const [product] = await ask(READS.detail, [params.slug]);
  return product ?? reply.code(404).send({ code: 'not_found' });
});

app.post('/carts', async ({ body }) => (await ask(CARTS.create, [JSON.stringify(body.items)]))[0]);
app.post('/carts/:id/items', async ({ params, body }) => {
  await ask(CARTS.add, [params.id, body.productId, body.quantity]);
  return { id: params.id };
});
app.get('/carts/:id', async ({ params }) => {
  const items = await ask(CARTS.read, [params.id]);
  return { id: params.id, items, subtotal: items.reduce((sum, item) => sum + item.total, 0) };
});

app.post('/orders', async ({ body }, reply) => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const lines = await ask(CHECKOUT.takeStock, [body.cartId], client);
    if (lines.length === 0 || lines.length < lines[0].wanted) {
      await client.query('rollback');
      return await reply.code(409).send({ code: 'out_of_stock' });
    }
    const subtotal = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
    const total = subtotal + SHIPPING;
    const order = [body.cartId, body.email, JSON.stringify(body.address), SHIPPING, total, JSON.stringify(lines)];
    const [{ id }] = await ask(CHECKOUT.order, order, client);
    await client.query('commit');
    return { id, status: 'paid', subtotal, shipping: SHIPPING, total };
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
});

app.post('/login', async ({ body }, reply) => {
  const [customer] = await ask(READS.customer, [body.email]);
  if (!customer || !(await verify(customer.password_hash, body.password))) return reply.code(401).send({ code: 'no' });
  return { email: customer.email, name: customer.name };
});

await app.listen({ host: '127.0.0.1', port: Number(PORT) });
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
// Whoever started this waits for the address; when that process is gone, so is this one.
process.send?.({ port: app.server.address().port });
process.once('disconnect', () => process.exit(0));

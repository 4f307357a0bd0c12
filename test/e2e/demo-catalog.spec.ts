import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ApiClient } from '../support/api-client.js';
import type { OrderJson } from '../support/shop-fixture.js';
import { ServerProcess, temporaryFolder } from '../support/server-process.js';

interface Card {
  readonly slug: string;
  readonly image: string | null;
  readonly price: { readonly currency: string };
}
interface Page {
  readonly items: Card[];
  readonly nextCursor: string | null;
}
interface Category {
  readonly slug: string;
  readonly parentId: string | null;
  readonly productCount: number;
}
interface Problem {
  readonly code: string;
}

const folder = temporaryFolder();
let server: ServerProcess;
let base: string;
let shop: ApiClient;

beforeAll(async () => {
  server = await start();
}, 120_000);
afterAll(async () => {
  await server.stop();
  folder.remove();
});

/** A start on the embedded database as a person makes it, but on a free port. */
async function start(): Promise<ServerProcess> {
  const started = new ServerProcess({ dataDir: folder.dataDir, env: { SEED_DEMO: 'true', LOG_LEVEL: 'warn' } });
  base = (await started.ready()).base;
  shop = new ApiClient(base);
  await started.printed(/"tok_approved".*\n/);
  return started;
}

function printedCommands(): string[] {
  const lines = server.output.trimEnd().split('\n');
  expect(lines.at(-4)).toMatch(/^Buy something/);
  return lines.slice(-3);
}

/** Pastes lines into one shell, and gives what each of them prints. */
async function paste(lines: readonly string[]): Promise<string[]> {
  const script = lines.map((line) => `${line}\necho ----`).join('\n');
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script]);
  expect(stderr).toBe('');
  return stdout.split('----\n').slice(0, lines.length);
}

async function listAll(): Promise<Card[]> {
  const cards: Card[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { json } = await shop.get<Page>(`/v1/products?limit=20${after}`, { expect: 200 });
    cards.push(...json.items);
    cursor = json.nextCursor;
  }
  return cards;
}

describe('the first start', () => {
  it('prints three lines that buy something when they are pasted into a shell', async () => {
    const [cart, shipping, order] = await paste(printedCommands());
    expect(cart).toMatch(/^Cart: [\w-]{22}\n$/);
    const { items } = JSON.parse(shipping ?? '') as { items: { code: string }[] };
    expect(items.map(({ code }) => code)).toContain('standard');
    const placed = JSON.parse(order ?? '') as OrderJson;
    expect(placed).toMatchObject({ status: 'paid', paymentStatus: 'paid', items: [{ quantity: 1 }] });
    const read = await shop.get<OrderJson>(`/v1/orders/${placed.id}?token=${placed.accessToken}`, { expect: 200 });
    expect(read.json.number).toBe(placed.number);
  });

  it('shows a shop with a tree of categories, each of which lists something', async () => {
    const { json } = await shop.get<{ items: Category[] }>('/v1/categories', { expect: 200 });
    expect(json.items.filter(({ parentId }) => parentId === null).map(({ slug }) => slug)).toEqual(
      expect.arrayContaining(['kitchen', 'outdoor', 'clothing']),
    );
    for (const { slug, productCount } of json.items) {
      expect({ slug, some: productCount > 0 }).toEqual({ slug, some: true });
      const page = await shop.get<Page>(`/v1/products?category=${slug}&sort=price&limit=1`, { expect: 200 });
      expect(page.json.items).toHaveLength(1);
    }
    const found = await shop.get<Page>('/v1/products?q=enamel%20mug', { expect: 200 });
    expect(found.json.items[0]?.slug).toBe('enamel-mug');
  });

  it('serves the picture of every product itself', async () => {
    const cards = await listAll();
    expect(cards.length).toBeGreaterThan(30);
    for (const { slug, image } of cards) {
      expect(image).toBe(`/media/demo/${slug}.svg`);
      const answer = await fetch(base + image);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
      expect(await answer.text()).toMatch(/^<svg [^>]+><title>/);
    }
  });

  it('shows none of what is not for sale yet', async () => {
    expect((await listAll()).map(({ slug }) => slug)).not.toContain('smokeless-fire-bowl');
    await shop.get('/v1/products/smokeless-fire-bowl', { expect: 404 });
  });
});

describe('a picture', () => {
  const picture = (name: string, headers: Record<string, string> = {}) =>
    fetch(`${base}/media/demo/${name}`, { headers });

  it('may be kept, and loads and runs nothing where it is opened by itself', async () => {
    const { headers } = await picture('enamel-mug.svg');
    expect(headers.get('cache-control')).toBe('public, max-age=604800');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.* sandbox$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const again = await picture('enamel-mug.svg', { 'if-none-match': headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('is there in each colour, and for nobody’s bearer refused', async () => {
    const moss = await picture('enamel-mug-moss.svg', { authorization: 'Bearer nonsense' });
    expect(moss.status).toBe(200);
    expect(await moss.text()).not.toBe(await (await picture('enamel-mug.svg')).text());
  });

  it('is missing for every other name', async () => {
    for (const name of [
      'nope.svg',
      'enamel-mug',
      'enamel-mug.png',
      '.svg',
      'constructor.svg',
      '..%2f..%2fetc%2fpasswd',
    ]) {
      const { json } = await shop.get<Problem>(`/media/demo/${name}`, { expect: 404 });
      expect(json.code).toBe('picture.not_found');
    }
    await shop.get('/media/demo/%00.svg', { expect: 422 });
  });
});

describe('the second start', () => {
  it('finds the same shop, and prints lines that buy again', async () => {
    const before = await listAll();
    await server.stop();
    server = await start();
    expect(await listAll()).toEqual(before);
    const [, , order] = await paste(printedCommands());
    expect(JSON.parse(order ?? '')).toMatchObject({ status: 'paid' });
  }, 60_000);
});

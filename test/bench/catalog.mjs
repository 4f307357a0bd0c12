/** The shop that every target is filled with: the same products, customers and right answers each time. */
import { pick, seededRandom } from './random.mjs';

export const PASSWORD = 'Quarry-Lantern-Fathom-58';
export const PAGE = 24;
export const STOCK = 10_000_000;

const QUALITIES =
  'Amber Bold Calm Crisp Dusky Eager Faint Gilded Hardy Ivory Jolly Keen Lofty Mellow Noble Ochre Plain Quaint Ruddy Solid Tidy Umber Vast Woven Young'.split(
    ' ',
  );
const STUFFS =
  'Alder Basalt Cedar Damask Ebony Flax Gingham Hemp Iron Jute Kapok Larch Maple Nickel Oak Pewter Quartz Raffia Slate Tin Velvet Walnut Yew Zinc'.split(
    ' ',
  );
const THINGS =
  'anchor apron banner barrel basket bellows bobbin bonnet bracket brazier broom bucket buckle candle cannister canteen carafe chisel cistern clamp clasp coaster colander compass cradle crate cruet cutter decanter dibber easel ewer fender flagon flask footstool funnel gauntlet gimlet goblet griddle grinder halter hamper hatchet hinge inkwell jug kettle ladle lamp lantern latch lectern locket loom mallet mirror mortar napkin needle oar paddle pannier parasol pestle pitcher pliers plough pulley quill rake reel rolling-pin saddle scoop sextant shovel sickle sieve skewer spade spindle stool strainer tankard thimble tongs tray trivet trowel urn valise vase vice wardrobe weathervane whetstone winch wrench yoke'.split(
    ' ',
  );
const FILLER =
  'made by hand with care and meant to last for many years of daily work in house and garden whatever weather comes'.split(
    ' ',
  );

/**
 * @typedef {{ slug: string, title: string, description: string, sku: string, price: number, category: number, stock: number }} BenchProduct
 *   `price` in minor units
 * @typedef {{ products: BenchProduct[], categories: { name: string, slug: string, prices: number[] }[],
 *   customers: { email: string, name: string }[], words: { word: string, found: number }[] }} Catalog
 *   `prices` of a category's cheapest page; `found`: how many products a search for the word finds
 */

/**
 * @param {{ products: number, categories: number, customers: number }} size
 * @returns {Catalog}
 */
export function makeCatalog(size) {
  const random = seededRandom(size.products);
  const products = Array.from({ length: size.products }, (_, n) => product(n, size.categories, random));
  const counts = new Map();
  for (const { thing } of products) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return {
    products,
    categories: Array.from({ length: size.categories }, (_, index) => ({
      name: `Aisle ${index + 1}`,
      slug: `aisle-${index + 1}`,
      prices: products
        .filter(({ category }) => category === index)
        .map(({ price }) => price)
        .sort((a, b) => a - b)
        .slice(0, PAGE),
    })),
    customers: Array.from({ length: size.customers }, (_, n) => ({
      email: `buyer-${n + 1}@example.com`,
      name: `Buyer ${n + 1}`,
    })),
    words: [...counts].map(([word, found]) => ({ word, found })),
  };
}

function product(n, categories, random) {
  const thing = pick(random, THINGS);
  const title = `${pick(random, QUALITIES)} ${pick(random, STUFFS)} ${thing}`;
  return {
    slug: `${title.toLowerCase().replaceAll(' ', '-')}-${n + 1}`,
    title,
    thing,
    description: Array.from({ length: 30 }, () => pick(random, FILLER)).join(' '),
    sku: `B-${n + 1}`,
    price: 100 + Math.floor(random() * 20_000),
    category: n % categories,
    stock: STOCK,
  };
}

/** The products as the file that a shop imports. @param {Catalog} catalog */
export function toCsv({ products, categories }) {
  const header = [
    'Handle',
    'Title',
    'Body (HTML)',
    'Vendor',
    'Type',
    'Published',
    'Variant SKU',
    'Variant Inventory Tracker',
    'Variant Inventory Qty',
    'Variant Price',
  ];
  const rows = products.map((one) => [
    one.slug,
    one.title,
    one.description,
    'Bench',
    categories[one.category].name,
    'true',
    one.sku,
    'shopify',
    one.stock,
    (one.price / 100).toFixed(2),
  ]);
  return [header, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

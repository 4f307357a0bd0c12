import type { Address, Block } from './mail-document.js';
import type { PostalAddress } from './order-news.js';

/**
 * The storefront's page of the order. A guest's token stands behind `#`, which browsers send to no server, so that it lands in no log.
 */
export function linkTo(
  order: { readonly id: string; readonly accessToken: string | null },
  storefrontUrl: string | undefined,
): Block[] {
  if (storefrontUrl === undefined) return [];
  const page = `${storefrontUrl}/orders/${encodeURIComponent(order.id)}`;
  if (order.accessToken === null) return [{ kind: 'link', label: 'See your order', url: page }];
  return [
    { kind: 'link', label: 'See your order', url: `${page}#token=${encodeURIComponent(order.accessToken)}` },
    { kind: 'paragraph', text: 'Whoever has this link can see the order, so keep it to yourself.' },
  ];
}

/** Where the goods go, as it stands on a parcel. */
export function addressOf(address: PostalAddress): Address {
  const town = [address.city, address.region, address.postalCode].filter(isGiven).join(', ');
  const lines = [address.name, address.line1, address.line2, town, countryName(address.country), address.phone];
  return { kind: 'address', heading: 'Delivery address', lines: lines.filter(isGiven) };
}

/** What tells a variant from the others of its product; null where nothing does. */
export function detailOf({
  variantTitle,
  sku,
}: {
  readonly variantTitle: string;
  readonly sku: string | null;
}): string | null {
  const details = [variantTitle, sku === null ? '' : `SKU ${sku}`].filter(isGiven);
  return details.length === 0 ? null : details.join(' · ');
}

/** Whether there is anything to be said. */
export function isGiven(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text.trim() !== '';
}

const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** "United Kingdom" for GB; whatever is no code stays as it is. */
function countryName(code: string): string {
  return /^[A-Za-z]{2}$/.test(code) ? (COUNTRIES.of(code) ?? code) : code;
}

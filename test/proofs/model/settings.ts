import type { ModelVariant, Settings } from './model.js';

/** The shops that the model is run against, each with the environment that makes it so. */
export interface Shop {
  readonly name: string;
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string>>;
}

const common = { shippingPrice: 495, shippingFreeFrom: 5_000 };

function envOf({ capture, taxIncluded, taxRate, shippingPrice, shippingFreeFrom }: Settings): Record<string, string> {
  return {
    PAYMENT_CAPTURE: capture,
    TAX_INCLUDED: String(taxIncluded),
    TAX_RATE: String(taxRate),
    SHIPPING_STANDARD_PRICE: (shippingPrice / 100).toFixed(2),
    SHIPPING_STANDARD_FREE_FROM: (shippingFreeFrom / 100).toFixed(2),
    // Short enough that a silent provider does not hold up the run, and long enough for one that answers on a busy machine.
    PAYMENT_TIMEOUT_MS: '400',
    ACCESS_TOKEN_SECONDS: '3600',
  };
}

const automatic: Settings = { capture: 'automatic', news: false, taxIncluded: true, taxRate: 20, ...common };
const manual: Settings = { capture: 'manual', news: false, taxIncluded: false, taxRate: 7, ...common };

export const AUTOMATIC: Shop = { name: 'automatic', settings: automatic, env: envOf(automatic) };
export const MANUAL: Shop = { name: 'manual', settings: manual, env: envOf(manual) };
/** Its provider is a server of its own. */
export const REMOTE: Shop = { name: 'remote', settings: { ...automatic, news: true }, env: envOf(automatic) };

const stock = { tracked: true, backorder: false, onHand: 0, reserved: 0, backordered: 0 };

/** What each run's own product has: little of this, much of that, back-orders, stock that nobody counts, and something for nothing. */
export const VARIANTS: readonly ModelVariant[] = [
  { ...stock, price: 333, onHand: 4 },
  { ...stock, price: 1_250, onHand: 30 },
  { ...stock, price: 999, onHand: 2, backorder: true },
  { ...stock, price: 41, tracked: false },
  { ...stock, price: 0, onHand: 12 },
];

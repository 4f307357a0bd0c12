import type { StepKind } from './step.js';
import { afterSalesSteps } from './steps/after-sales.js';
import { cartSteps } from './steps/carts.js';
import { checkoutSteps } from './steps/checkout.js';
import { keySteps } from './steps/keys.js';
import { newsSteps } from './steps/news.js';
import { orderSteps } from './steps/orders.js';
import { moneySteps } from './steps/refunds.js';
import { stockSteps } from './steps/stock.js';

/** All that may happen in a shop. */
export const KINDS: readonly StepKind[] = [
  ...cartSteps,
  ...checkoutSteps,
  ...orderSteps,
  ...newsSteps,
  ...moneySteps,
  ...afterSalesSteps,
  ...stockSteps,
  ...keySteps,
];

export { CartModule } from './cart.module.js';
export { CartFacade } from './cart.facade.js';
export type { CartView } from './app/cart-view.js';
export { CART_AUDIT } from './data/cart.audit.js';

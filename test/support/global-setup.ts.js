export { default } from './global-setup.mjs';

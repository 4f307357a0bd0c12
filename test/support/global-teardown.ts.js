export { default } from './global-teardown.mjs';

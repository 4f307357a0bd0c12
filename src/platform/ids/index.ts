export * from './ids.js';
export { firstIdAt } from './first-id.js';

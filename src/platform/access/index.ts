export * from './permissions.js';
export * from './actor.js';
export * from './access.decorators.js';

export * from './arithmetic.js';
export * from './currency.js';
export * from './decimal.js';
export * from './format-money.js';
export * from './money.js';
export * from './rate.js';

export { Outbox, type NewEvent } from './outbox.js';
export type { StoredEvent } from './stored-event.js';

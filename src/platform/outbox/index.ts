export { Outbox, type NewEvent, type StoredEvent } from './outbox.js';

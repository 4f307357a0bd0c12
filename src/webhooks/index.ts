export { WebhooksModule } from './webhooks.module.js';
export { WEBHOOKS_AUDIT } from './data/webhooks.audit.js';
export { PUBLIC_EVENT_TYPES } from './domain/public-events.js';

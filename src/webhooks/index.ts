export { WebhooksModule } from './webhooks.module.js';
export { WEBHOOKS_AUDIT } from './data/webhooks.audit.js';

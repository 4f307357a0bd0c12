export { NotificationsModule } from './notifications.module.js';
export { NOTIFICATIONS_AUDIT } from './data/notifications.audit.js';

import { ConflictError, InvalidError } from '../../platform/errors/index.js';

/** 422 `webhooks.url_<reason>`: deliveries cannot or must not go to this address. */
export class EndpointUrlError extends InvalidError {
  constructor(reason: string, detail: string) {
    super(`webhooks.url_${reason}`, detail, [{ pointer: '/url', code: reason, detail }]);
  }
}

/** 409: nothing is sent to a subscription that is disabled. */
export class SubscriptionDisabledError extends ConflictError {
  constructor() {
    super('webhooks.subscription_disabled', 'The subscription is disabled; enable it, and send the delivery again.');
  }
}

import { describe, expect, it } from '@jest/globals';
import { auditedFacts } from './audited-facts.js';

describe('auditedFacts', () => {
  it('shows what was done, and not what was said', () => {
    const data = { refundId: 'r', amount: 12, reason: 'Grace rang', trackingNumber: null, items: [{ itemId: 'i' }] };
    expect(auditedFacts('o', 'refund_requested', data)).toEqual({
      action: 'orders.refund_requested',
      subject: { type: 'order', id: 'o' },
      after: { refundId: 'r', amount: 12, reason: '[hidden]', trackingNumber: null, items: [{ itemId: 'i' }] },
    });
  });
});

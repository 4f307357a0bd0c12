import { describe, expect, it } from '@jest/globals';
import { orderCancellation, orderPaymentFailure, orderRefund } from './order-changes.js';

const SHOP = { name: 'Tea & Cups', storefrontUrl: undefined };

describe('orderCancellation', () => {
  const order = { number: 'BR-7K3QX9', currency: 'GBP', refundedTotal: 2924n, reason: 'Sold out <sorry>' };

  it('tells the reason and what comes back, in text and HTML', () => {
    const { subject, text, html } = orderCancellation(order, SHOP);
    expect(subject).toBe('Your order BR-7K3QX9 at Tea & Cups is cancelled');
    expect(text).toBe(`Your order is cancelled

Order BR-7K3QX9 is cancelled, and nothing of it will be sent.

Reason: Sold out <sorry>

£29.24 goes back to you, the way you paid. It may take a few days until your bank shows it.

-- 
This mail was sent by Tea & Cups.
`);
    expect(html).toContain('Reason: Sold out &lt;sorry&gt;');
    expect(html).toContain('£29.24 goes back to you');
  });

  it('says nothing of money or reasons where there are none', () => {
    const { text } = orderCancellation({ ...order, refundedTotal: 0n, reason: ' ' }, SHOP);
    expect(text).not.toMatch(/Reason|goes back/);
  });
});

describe('orderRefund', () => {
  it('tells the amount in the digits of its currency', () => {
    const { subject, text, html } = orderRefund({ number: 'BR-1', currency: 'JPY', amount: 1200n }, SHOP);
    expect(subject).toBe('Refund for your order BR-1 at Tea & Cups');
    expect(text).toContain('For order BR-1 we send JP¥1,200 back to you');
    expect(html).toContain('we send JP¥1,200 back');
  });
});

describe('orderPaymentFailure', () => {
  it('tells that nothing was charged, and what to do', () => {
    const { subject, text, html } = orderPaymentFailure({ number: 'BR-1', currency: 'GBP', total: 1299n }, SHOP);
    expect(subject).toContain('BR-1');
    for (const body of [text, html]) {
      expect(body).toContain('£12.99');
      expect(body).toContain('Nothing was charged');
      expect(body).toContain('place the order once more');
    }
  });
});

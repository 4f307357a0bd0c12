import { describe, expect, it } from '@jest/globals';
import type { ReceivedReturn, SentParcel } from './order-news.js';
import { parcelSent, returnApproved, returnArrived, returnAsked, returnRejected } from './parcel-mails.js';

const SHOP = { name: 'Tea & Cups', storefrontUrl: 'https://tea.example' };

const parcel: SentParcel = {
  id: '0198c5f0-7b7e-7000-8000-000000000001',
  number: 'BR-7K3QX9',
  accessToken: null,
  items: [{ title: 'Enamel <mug>', variantTitle: 'Blue', sku: 'MUG-BLUE', quantity: 2 }],
  carrier: 'Post & Co',
  trackingNumber: 'PB1',
  trackingUrl: 'https://track.example/?n=PB1&l=en',
  complete: true,
  shippingAddress: { name: 'Grace', line1: '12 Harbour Road', city: 'Whitby', postalCode: 'YO21 3PU', country: 'GB' },
};

const back: ReceivedReturn = { ...parcel, currency: 'GBP', refundAmount: 0n };

describe('parcelSent', () => {
  it('tells what the parcel holds, where it goes, and how to follow it', () => {
    const { subject, text, html } = parcelSent(parcel, SHOP);
    expect(subject).toBe('Your order BR-7K3QX9 at Tea & Cups is on its way');
    expect(text).toBe(`Your order is on its way

We have sent these goods of order BR-7K3QX9.

Carrier: Post & Co
Tracking number: PB1

Follow your parcel:
https://track.example/?n=PB1&l=en

In this parcel
--------------

2 × Enamel <mug>
    Blue · SKU MUG-BLUE

Delivery address
----------------
Grace
12 Harbour Road
Whitby, YO21 3PU
United Kingdom

See your order:
https://tea.example/orders/0198c5f0-7b7e-7000-8000-000000000001

-- 
This mail was sent by Tea & Cups.
`);
    expect(html).toContain('Enamel &lt;mug&gt;');
    expect(html).toContain('Post &amp; Co');
    expect(html).toContain('href="https://track.example/?n=PB1&amp;l=en"');
  });

  it('tells of a part that the rest follows, and says nothing of tracking where there is none', () => {
    const bare = { ...parcel, complete: false, carrier: null, trackingNumber: ' ', trackingUrl: null };
    const { subject, text } = parcelSent(bare, SHOP);
    expect(subject).toBe('A part of your order BR-7K3QX9 at Tea & Cups is on its way');
    expect(text).toContain('The rest follows.');
    expect(text).not.toMatch(/Carrier|Tracking|Follow your parcel/);
  });

  it("gives a guest the key to the order, where servers' logs do not see it", () => {
    const { text } = parcelSent({ ...parcel, accessToken: 'ot1_x' }, SHOP);
    expect(text).toContain(`/orders/${parcel.id}#token=ot1_x`);
    expect(parcelSent({ ...parcel, accessToken: 'ot1_x' }, { ...SHOP, storefrontUrl: undefined }).text).not.toContain(
      'ot1_x',
    );
  });

  it('links to addresses of the web only', () => {
    expect(() => parcelSent({ ...parcel, trackingUrl: 'javascript:alert(1)' }, SHOP)).toThrow(RangeError);
  });
});

describe('the mails of a return', () => {
  it('acknowledge the request', () => {
    const { subject, text } = returnAsked(back, SHOP);
    expect(subject).toBe('We have your return request for order BR-7K3QX9 at Tea & Cups');
    expect(text).toContain('2 × Enamel <mug>');
  });

  it('tell the decision with what staff said, on one line and escaped', () => {
    const answer = 'Use <our> label.\nThanks';
    const approved = returnApproved({ ...back, answer }, SHOP);
    expect(approved.text).toContain(
      'Please send these goods of order BR-7K3QX9 back to us.\n\nUse <our> label. Thanks',
    );
    expect(approved.html).toContain('Use &lt;our&gt; label. Thanks');
    const rejected = returnRejected({ ...back, answer }, SHOP);
    expect(rejected.text).toContain('We cannot take these goods of order BR-7K3QX9 back.');
    expect(rejected.text).toContain('Use <our> label. Thanks');
    expect(returnRejected({ ...back, answer: '  ' }, SHOP).text).toContain('do not send them.\n\nYou asked');
  });

  it('tell what came, and of money only where it goes back', () => {
    expect(returnArrived(back, SHOP).text).not.toContain('giving you');
    const { subject, text } = returnArrived({ ...back, refundAmount: 2924n }, SHOP);
    expect(subject).toBe('We have received your return for order BR-7K3QX9 at Tea & Cups');
    expect(text).toContain('We are giving you £29.24 back for them');
  });
});

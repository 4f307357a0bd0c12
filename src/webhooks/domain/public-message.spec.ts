import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPublicEventType, PUBLIC_EVENT_TYPES, PUBLIC_EVENTS } from './public-events.js';
import { publicMessage } from './public-message.js';

const AT = new Date('2026-01-05T14:03:59.123Z');
const SECRET = 'ot1_q3Zt0V3mQyWcU5p0c0Yv1Aq3Zt0V3mQyWcU5p0c0';

describe('publicMessage', () => {
  it('tells of a paid order what was bought and for how much, and nothing of the customer', () => {
    const payload = {
      ...PUBLIC_EVENTS['orders.paid'].example,
      email: 'ada@example.com',
      accessToken: SECRET,
      confirmed: false,
      shippingAddress: { name: 'Ada Lovelace', line1: '12 Square', city: 'London', postalCode: 'SW1', country: 'GB' },
    };
    const gbp = (amount: number) => ({ amount, currency: 'GBP' });
    expect(publicMessage('orders.paid', payload, AT)).toEqual({
      type: 'orders.paid',
      timestamp: '2026-01-05T14:03:59.123Z',
      data: {
        orderId: payload.orderId,
        number: 'BR-7K3QX9',
        currency: 'GBP',
        placedAt: '2026-01-05T14:03:59.000Z',
        items: [
          {
            title: 'White mug',
            variantTitle: 'Large',
            sku: 'MUG-L',
            quantity: 2,
            unitPrice: gbp(350),
            lineTotal: gbp(700),
          },
        ],
        subtotal: gbp(700),
        discountTotal: gbp(0),
        shippingTotal: gbp(495),
        shippingName: 'Standard',
        taxTotal: gbp(0),
        includedTax: gbp(199),
        total: gbp(1195),
      },
    });
  });

  it.each(PUBLIC_EVENT_TYPES)('has an example without gaps for %s', (type) => {
    const { data } = publicMessage(type, PUBLIC_EVENTS[type].example, AT);
    expect(JSON.stringify(data)).not.toContain('null');
    expect(JSON.stringify(data)).not.toContain('[]');
  });

  it.each(PUBLIC_EVENT_TYPES)('lets no field out that %s does not name, wherever it stands', (type) => {
    const hidden = fc.constantFrom('accessToken', 'email', 'secret', 'shippingAddress', 'token', '__proto__', 'note');
    const nested = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constant(SECRET),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(hidden, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(hidden, nested), fc.dictionary(hidden, nested), (extra, inItems) => {
        const { example } = PUBLIC_EVENTS[type];
        const payload = {
          ...extra,
          ...example,
          ...('items' in example ? { items: example.items.map((item) => ({ ...inItems, ...item })) } : {}),
        };
        const sent = publicMessage(type, payload, AT);
        expect(JSON.stringify(sent)).not.toContain(SECRET);
        expect(sent).toEqual(publicMessage(type, example, AT));
      }),
    );
  });

  it.each(PUBLIC_EVENT_TYPES)('makes a message of %s from whatever the payload holds', (type) => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.dictionary(fc.constantFrom('items', 'currency', 'total', 'orderId'), fc.anything()),
        (odd, partly) => {
          for (const payload of [odd, partly, { ...PUBLIC_EVENTS[type].example, ...partly }]) {
            const { data } = publicMessage(type, payload, AT);
            expect(Object.keys(data)).toEqual(Object.keys(PUBLIC_EVENTS[type].shape));
            JSON.stringify(data);
          }
        },
      ),
    );
  });
});

describe('isPublicEventType', () => {
  it('knows its own names only', () => {
    expect(isPublicEventType('orders.paid')).toBe(true);
    for (const other of ['payments.news', 'constructor', '__proto__', '', '*'])
      expect(isPublicEventType(other)).toBe(false);
  });
});

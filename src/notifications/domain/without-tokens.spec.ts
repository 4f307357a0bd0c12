import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withoutTokens } from './without-tokens.js';

const TOKEN = 'ot1_q3Zt0V3mQyWcU5p0c0Yv1Aq3Zt0V3mQyWcU5p0c0-_A';

describe('withoutTokens', () => {
  it.each([
    [
      `See: https://tea.example/orders/1#token=${TOKEN}\nThanks`,
      'See: https://tea.example/orders/1#token=[hidden]\nThanks',
    ],
    [
      `<a href="https://tea.example/orders/1#token=${TOKEN}">it</a>`,
      '<a href="https://tea.example/orders/1#token=[hidden]">it</a>',
    ],
    ['https://tea.example/orders/1?token=anything&x=1', 'https://tea.example/orders/1?token=[hidden]&x=1'],
    [`The key is ${TOKEN}.`, 'The key is [hidden].'],
    ['It is\n\nsealed-link.17.s1.AbC_-123.qL0-_9zZ\n\nso', 'It is\n\n[hidden]\n\nso'],
    [
      'https://tea.example/verify-email#token=sealed-link.17.s1.AbC_-123.q',
      'https://tea.example/verify-email#token=[hidden]',
    ],
    ['Nothing to hide: not1_here, token, #token', 'Nothing to hide: not1_here, token, #token'],
  ])('%j', (content, expected) => {
    expect(withoutTokens(content)).toBe(expected);
  });

  it('leaves no token in whatever text it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(' ', '#token=', '?token=', '"', '>', '=', '('),
        fc.base64String({ minLength: 24, maxLength: 60 }).map((text) => `ot1_${text.replaceAll(/[+/=]/g, '-')}`),
        fc.string(),
        (before, glue, token, after) => {
          expect(withoutTokens(`${before}${glue}${token} ${after}`)).not.toContain(token);
        },
      ),
    );
  });
});

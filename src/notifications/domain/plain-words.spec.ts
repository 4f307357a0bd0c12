import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { oneLine } from './plain-words.js';

describe('oneLine', () => {
  it.each([
    ['a mug\r\nBcc: everyone@example.com', 'a mug Bcc: everyone@example.com'],
    ['one\u2028two\u2029three\u0085four', 'one two three four'],
    ['\u0000nul\u0000', 'nul'],
    ['\u202Eegap siht\u2066', 'egap siht'],
    ['half \uD83D a surrogate', 'half \uFFFD a surrogate'],
    ['  ends  ', 'ends'],
    ['Crème brûlée 🍮 家族 👨‍👩‍👧', 'Crème brûlée 🍮 家族 👨‍👩‍👧'],
  ])('%j becomes %j', (given, expected) => {
    expect(oneLine(given)).toBe(expected);
  });

  it('leaves no character that breaks a line, whatever comes in, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(oneLine(line)).toBe(line);
      }),
    );
  });
});

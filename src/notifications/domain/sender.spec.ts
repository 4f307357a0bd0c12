import { describe, expect, it } from '@jest/globals';
import { parseSender } from './sender.js';

describe('parseSender', () => {
  it.each([
    ['Backroom <shop@localhost>', 'Backroom', 'shop@localhost', 'localhost'],
    ['"Tea, Cups & Co." <orders@tea.example>', 'Tea, Cups & Co.', 'orders@tea.example', 'tea.example'],
    ['orders@tea.example', 'The Shop', 'orders@tea.example', 'tea.example'],
    ['<orders@tea.example>', 'The Shop', 'orders@tea.example', 'tea.example'],
    ['  Tee & Tässchen   <x@y.example>  ', 'Tee & Tässchen', 'x@y.example', 'y.example'],
  ])('reads %j', (text, name, address, domain) => {
    expect(parseSender(text, 'The Shop')).toEqual({ name, address, domain });
  });

  it.each(['', 'Backroom', 'a@b, c@d', 'Shop <a@b', 'Shop a@b>', 'Shop <a b@c>', '<a@b> <c@d>', 'a@b\r\nBcc: c@d'])(
    'refuses %j',
    (text) => {
      expect(() => parseSender(text, 'The Shop')).toThrow(/MAIL_FROM/);
    },
  );
});

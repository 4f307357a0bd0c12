import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRefreshCookie } from './refresh-cookie.js';

const NAME = '__Host-backroom-refresh';

describe('readRefreshCookie', () => {
  it.each([
    [`${NAME}=abc`, 'abc'],
    [`theme=dark; ${NAME}=a-b_c; lang=en`, 'a-b_c'],
    [`theme=dark;${NAME}=abc`, 'abc'],
  ])('reads %s', (header, token) => {
    expect(readRefreshCookie(header)).toBe(token);
  });

  it.each([
    undefined,
    '',
    'theme=dark',
    `${NAME}=`,
    `${NAME}=a b`,
    `${NAME}="abc"`,
    `${NAME}=${'a'.repeat(201)}`,
    // Set by somebody who cannot set the real one: which of them is right, nobody knows.
    `${NAME}=abc; ${NAME}=def`,
    `x${NAME}=abc`,
    'backroom-refresh=abc',
  ])('finds nothing in %j', (header) => {
    expect(readRefreshCookie(header)).toBeUndefined();
  });

  it('reads whatever token is written among whatever other cookies', () => {
    const others = fc.array(fc.stringMatching(/^[a-z]{1,8}=[a-z0-9]{0,8}$/));
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,200}$/), others, others, (token, before, after) => {
        expect(readRefreshCookie([...before, `${NAME}=${token}`, ...after].join('; '))).toBe(token);
      }),
    );
  });
});

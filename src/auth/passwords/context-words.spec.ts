import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTEXT_WORDS, isMadeOfContext } from './context-words.js';

describe('isMadeOfContext', () => {
  it.each(['backroom2026', 'backroom-admin!', 'administrator', 'staffstaffstaff', 'shop.owner.1', 'welcome12345'])(
    'finds nothing of its own in %s',
    (password) => {
      expect(isMadeOfContext(password)).toBe(true);
    },
  );

  it.each(['correct horse battery admin', 'staff of hermes', '1234567890', 'aaaaaaaaaa', ''])(
    'leaves %j alone',
    (password) => {
      expect(isMadeOfContext(password)).toBe(false);
    },
  );

  it('takes the words of a name, apart and together', () => {
    expect(isMadeOfContext('kettle&co.19', ['Kettle & Co'])).toBe(true);
    expect(isMadeOfContext('kettlehouse1!', ['Kettle House'])).toBe(true);
    expect(isMadeOfContext('kettlehouse1!')).toBe(false);
    expect(isMadeOfContext('ofofofofofof', ['of'])).toBe(false);
  });

  it('never takes what has six signs of its own beside any of the words', () => {
    const word = fc.constantFrom(...CONTEXT_WORDS);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), fc.stringMatching(/^[0-9]{6,20}$/), (words, own) => {
        expect(isMadeOfContext([...words, own].join('-'))).toBe(false);
      }),
    );
  });
});

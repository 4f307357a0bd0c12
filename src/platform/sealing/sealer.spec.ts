import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Config } from '../config/index.js';
import { Sealer } from './sealer.js';

const OLD = 'an old key of more than thirty-two characters';
const NEW = 'a new key of more than thirty-two characters!';
const sealerWith = (...encryptionKeys: string[]) => new Sealer({ secrets: { encryptionKeys } } as unknown as Config);

describe('Sealer', () => {
  it('opens what it sealed, and seals the same differently each time', () => {
    const sealer = sealerWith(NEW);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = sealer.seal('totp', text);
        expect(sealed).toMatch(/^s1\.[\w-]{8}\.[\w-]+$/);
        expect(sealed).not.toBe(sealer.seal('totp', text));
        expect(sealer.open('totp', sealed)).toBe(text);
      }),
    );
  });

  it('does not open for another purpose, with another key, or what was changed', () => {
    const sealed = sealerWith(NEW).seal('totp', 'secret');
    expect(sealerWith(NEW).open('mail', sealed)).toBeUndefined();
    expect(sealerWith(OLD).open('totp', sealed)).toBeUndefined();
    const [format, key, text = ''] = sealed.split('.');
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'g' : 'A';
      const forged = `${format}.${key}.${text.slice(0, at)}${other}${text.slice(at + 1)}`;
      // The last sign of base64url may hold bits that mean nothing.
      if (Buffer.from(forged.split('.')[2] ?? '', 'base64url').equals(Buffer.from(text, 'base64url'))) continue;
      expect(sealerWith(NEW).open('totp', forged)).toBeUndefined();
    }
  });

  it('is not upset by any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(sealerWith(NEW).open('totp', text)).toBeUndefined();
        expect(sealerWith(NEW).open('totp', `s1.${text}`)).toBeUndefined();
      }),
    );
  });

  it('changes its key without losing what was sealed before', () => {
    const sealed = sealerWith(OLD).seal('totp', 'secret');
    expect(sealerWith(NEW, OLD).open('totp', sealed)).toBe('secret');
    expect(sealerWith(NEW).open('totp', sealerWith(NEW, OLD).seal('totp', 'secret'))).toBe('secret');
  });
});

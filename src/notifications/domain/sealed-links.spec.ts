import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hideSealedLinks, openSealedLinks, sealedLink } from './sealed-links.js';

const SEALED = 's1.AbC_-123.qL0-_9zZ';
const NOW = new Date('2026-01-05T12:00:00Z');
const LATER = new Date('2026-01-05T12:30:00Z');
const opens = (sealed: string) => (sealed === SEALED ? 'the-token' : undefined);

describe('sealed links', () => {
  it('are opened wherever they stand, and only they', () => {
    const mark = sealedLink(SEALED, LATER);
    const text = `Go to https://tea.example/verify-email#token=${mark}\nor give ${mark}. ${SEALED}`;
    expect(openSealedLinks(text, NOW, opens)).toEqual({
      kind: 'opened',
      text: `Go to https://tea.example/verify-email#token=the-token\nor give the-token. ${SEALED}`,
    });
  });

  it('are not opened when they have run out, nor what cannot be read', () => {
    expect(openSealedLinks(sealedLink(SEALED, NOW), NOW, opens)).toEqual({ kind: 'expired' });
    expect(openSealedLinks(sealedLink('s1.AbC_-123.other', LATER), NOW, opens)).toEqual({ kind: 'unreadable' });
    const both = `${sealedLink('s1.AbC_-123.other', LATER)} ${sealedLink(SEALED, NOW)}`;
    expect(openSealedLinks(both, NOW, opens)).toEqual({ kind: 'expired' });
  });

  it('leave other text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('sealed-link.'));
        expect(openSealedLinks(text, NOW, opens)).toEqual({ kind: 'opened', text });
        expect(hideSealedLinks(text)).toBe(text);
      }),
    );
  });

  it('are hidden from whoever may not follow them', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom(' ', '"', '=', '\n', '<'),
        fc.base64String({ minLength: 4 }),
        (before, glue, b64) => {
          const sealed = `s1.AbC_-123.${b64.replaceAll(/[+/=]/g, '-')}`;
          expect(hideSealedLinks(`${before}${glue}${sealedLink(sealed, LATER)} end`)).not.toContain(sealed);
        },
      ),
    );
  });
});

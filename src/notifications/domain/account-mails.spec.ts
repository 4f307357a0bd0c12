import { describe, expect, it } from '@jest/globals';
import { accountLink, accountNotice, type LinkKind } from './account-mails.js';
import { ACCOUNT_CHANGES, type AccountChange } from './account-changes.js';

const SHOP = { name: 'Tea & Cups', storefrontUrl: 'https://tea.example' };
const NO_FRONT = { name: 'Tea & Cups', storefrontUrl: undefined };
const UNTIL = new Date('2026-01-05T12:30:59Z');

describe('accountNotice', () => {
  it.each(Object.keys(ACCOUNT_CHANGES) as AccountChange[])('says of %s what happened and what to do', (change) => {
    const mail = accountNotice({ change }, SHOP);
    const { subject, says, advice } = ACCOUNT_CHANGES[change];
    expect(mail.subject).toBe(`${subject} at Tea & Cups`);
    expect(mail.text).toContain(says);
    expect(mail.text).toContain(advice);
    expect(mail.html).toContain('Tea &amp; Cups');
  });

  it('says with what, so that it can neither forge a line nor be read as HTML', () => {
    const detail = 'Key\r\n\r\nDear customer, <a href="https://evil.example">click</a>';
    const mail = accountNotice({ change: 'passkey_added', detail, device: 'Firefox on Windows' }, SHOP);
    expect(mail.text).toContain('Concerns: Key Dear customer');
    expect(mail.text).toContain('Done with: Firefox on Windows');
    expect(mail.html).not.toContain('<a ');
  });
});

describe('accountLink', () => {
  const pages: [LinkKind, string][] = [
    ['verify_email', 'verify-email'],
    ['reset_password', 'reset-password'],
    ['invitation', 'accept-invitation'],
  ];

  it.each(pages)('links %s to %s, the token behind #', (purpose, page) => {
    const mail = accountLink({ purpose, token: 'sealed-link.1.s1.x', goodUntil: UNTIL }, SHOP);
    const url = `https://tea.example/${page}#token=sealed-link.1.s1.x`;
    expect(mail.text).toContain(`:\n${url}\n`);
    expect(mail.html).toContain(`<a href="${url}"`);
    expect(mail.text).toContain('until 2026-01-05 12:30 UTC');
    expect(mail.subject).not.toContain('sealed');
  });

  it.each(pages)('gives the code of %s itself where there is no storefront', (purpose) => {
    const mail = accountLink({ purpose, token: 'sealed-link.1.s1.x', goodUntil: UNTIL }, NO_FRONT);
    expect(mail.text).toContain('\n\nsealed-link.1.s1.x\n\n');
    expect(mail.html).toContain('>sealed-link.1.s1.x<');
    expect(mail.html).not.toContain('href');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { mailAbout, mailsTo, tokenIn } from '../support/mail-box.js';
import { eventually, withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Mail {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly lastError: string | null;
  readonly text: string;
  readonly html: string;
}

const CONFIRM = 'Confirm your e-mail address';
const CONFIRM_KIND = 'link_verify_email';

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp({ STOREFRONT_URL: 'https://tea.example' });
  admin = await asAdmin(shop);
});
afterAll(() => shop.close());

/** The one mail with a link to a new account, as staff see it, and its token. */
async function linkMail(): Promise<{ id: string; email: string; token: string }> {
  const { email } = await asCustomer(shop);
  const token = tokenIn(await mailAbout(shop, email, CONFIRM));
  return { id: (await seen(email, CONFIRM_KIND, 'sent')).id, email, token };
}

/** The one mail of the kind to the address, once it is in that state. Mails of two events come about in any order. */
async function seen(email: string, kind: string, status: string): Promise<Mail> {
  const path = `/v1/mails?recipient=${encodeURIComponent(email)}`;
  const found = await eventually(
    async () => {
      const { json } = await admin.get<{ items: Mail[] }>(path, { expect: 200 });
      return json.items.filter((mail) => mail.kind === kind);
    },
    ([mail]) => mail?.status === status,
  );
  expect(found).toHaveLength(1);
  return found[0] as Mail;
}

const change = (id: string, from: RegExp, to: string) =>
  withDatabase(shop, (db) =>
    db.query(
      'update mail_delivery set text = regexp_replace(text, $2, $3), html = regexp_replace(html, $2, $3) where id = $1',
      [id, from.source, to],
    ),
  );

describe('a mail with a link', () => {
  it('hides it from staff, in text and HTML', async () => {
    const { id, token } = await linkMail();
    const { json, text } = await admin.get<Mail>(`/v1/mails/${id}`, { expect: 200 });
    expect(json.kind).toBe(CONFIRM_KIND);
    for (const content of [json.text, json.html]) expect(content).toContain('verify-email#token=[hidden]');
    expect(text).not.toContain(token);
    expect(text).not.toContain('sealed-link');
  });

  it('is sent again with the same link', async () => {
    const { id, email, token } = await linkMail();
    const [before] = await mailsTo(shop, email);
    await admin.post(`/v1/mails/${id}/replay`, undefined, { expect: 202 });
    await seen(email, CONFIRM_KIND, 'sent');
    const [after, ...more] = await mailsTo(shop, email);
    expect(more).toEqual([]);
    expect(after?.raw).toBe(before?.raw);
    await shop.guest.post('/v1/auth/email-verification/confirm', { token }, { expect: 204 });
  });

  it('is not sent once the link has run out, nor with one that cannot be read', async () => {
    const [late, strange] = [await linkMail(), await linkMail()];
    await change(late.id, /sealed-link\.\d+\./, 'sealed-link.1700000000.');
    await change(strange.id, /(sealed-link\.\d+\.s1\.[\w-]{8}\.)[\w-]{8}/, '\\1AAAAAAAA');
    for (const [{ id, email }, fault] of [
      [late, 'LINK_EXPIRED'],
      [strange, 'LINK_UNREADABLE'],
    ] as const) {
      await admin.post(`/v1/mails/${id}/replay`, undefined, { expect: 202 });
      expect((await seen(email, CONFIRM_KIND, 'failed')).lastError).toContain(fault);
    }
  });

  it('opens no seal that stands in another mail', async () => {
    const { email } = await linkMail();
    const sealed = await withDatabase(shop, async (db) => {
      const found = await db.query<{ mark: string }>(
        `select substring(text from 'sealed-link[.][0-9]+[.][A-Za-z0-9._-]+') as mark from mail_delivery where recipient = $1`,
        [email],
      );
      return found.rows[0]?.mark ?? '';
    });
    expect(sealed).toMatch(/^sealed-link\.\d+\.s1\./);
    const person = await asCustomer(shop);
    await withDatabase(shop, (db) =>
      db.query('update "user" set email_verified_at = now() where id = $1', [person.id]),
    );
    const body = { name: 'r'.padEnd(8, String(Date.now())), permissions: [] };
    await admin.post('/v1/roles', body, { expect: 201 });
    await admin.patch(`/v1/users/${person.id}`, { roles: [body.name] }, { expect: 200 });
    await mailAbout(shop, person.email, 'What you may do was changed');
    const mail = await seen(person.email, 'account_roles_changed', 'sent');
    await withDatabase(shop, (db) =>
      db.query('update mail_delivery set text = text || $2, html = html || $2 where id = $1', [mail.id, sealed]),
    );
    await admin.post(`/v1/mails/${mail.id}/replay`, undefined, { expect: 202 });
    await seen(person.email, 'account_roles_changed', 'sent');
    const again = await mailAbout(shop, person.email, 'What you may do was changed');
    expect(again.raw.replaceAll(/=\r\n/g, '')).toContain(sealed);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailAbout, mailsTo, tokenIn } from '../support/mail-box.js';
import { withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

interface User {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly version: number;
}
interface Problem {
  readonly code: string;
}

const CONFIRM = 'Confirm your e-mail address';
const PASSWORD = 'correct horse battery staple';

let shop: TestApp;
let numbers = 0;
const newEmail = () => `Next-${++numbers}@example.com`;

beforeAll(async () => {
  shop = await startTestApp({ STOREFRONT_URL: 'https://tea.example', SHOP_NAME: 'Tea & Cups' });
});
afterAll(() => shop.close());

const me = async ({ client }: SignedInClient) => (await client.get<User>('/v1/users/me', { expect: 200 })).json;
const confirm = (token: unknown) => shop.guest.post<Problem>('/v1/auth/email-verification/confirm', { token });
const refused = async (token: unknown) => {
  const { status, json } = await confirm(token);
  return [status, json?.code];
};
const INVALID = [422, 'auth.link_invalid'];
const changeEmail = ({ client }: SignedInClient, email: string, proof: object = { password: PASSWORD }) =>
  client.post<Problem>('/v1/users/me/email', { email, ...proof });
const expireLinks = (userId: string) =>
  withDatabase(shop, (db) =>
    db.query(
      `update account_token set created_at = created_at - interval '30 days', expires_at = now() - interval '1 second'
        where user_id = $1`,
      [userId],
    ),
  );

describe('confirming the address of an account', () => {
  it('takes the link that registering mails, once', async () => {
    const person = await asCustomer(shop);
    expect((await me(person)).emailVerified).toBe(false);
    const mail = await mailAbout(shop, person.email, CONFIRM);
    expect(mail.subject).toBe('Confirm your e-mail address for Tea & Cups');
    const token = tokenIn(mail);
    expect(mail.text).toContain(`https://tea.example/verify-email#token=${token}`);
    expect(mail.html).toContain(`href="https://tea.example/verify-email#token=${token}"`);
    expect((await confirm(token)).status).toBe(204);
    expect((await me(person)).emailVerified).toBe(true);
    expect(await refused(token)).toEqual(INVALID);
  });

  it('lets one of two at once win', async () => {
    const person = await asCustomer(shop);
    const token = tokenIn(await mailAbout(shop, person.email, CONFIRM));
    const statuses = (await Promise.all([1, 2, 3].map(() => confirm(token)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 422, 422]);
  });

  it('mails another link when asked, and the earlier one is no longer good', async () => {
    const person = await asCustomer(shop);
    const first = tokenIn(await mailAbout(shop, person.email, CONFIRM));
    expect((await person.client.post('/v1/auth/email-verification')).status).toBe(202);
    const second = tokenIn(await mailAbout(shop, person.email, CONFIRM, 2));
    expect(second).not.toBe(first);
    expect(await refused(first)).toEqual(INVALID);
    expect((await confirm(second)).status).toBe(204);
    const again = await person.client.post<Problem>('/v1/auth/email-verification');
    expect([again.status, again.json.code]).toEqual([409, 'auth.email_verified']);
  });

  it('refuses what has run out, was never given, or is of a disabled account', async () => {
    const late = await asCustomer(shop);
    const lateToken = tokenIn(await mailAbout(shop, late.email, CONFIRM));
    await expireLinks(late.id);
    expect(await refused(lateToken)).toEqual(INVALID);
    for (const token of ['x', '', 'A'.repeat(43), 'é'.repeat(43)]) expect(await refused(token)).toEqual(INVALID);
    for (const token of [undefined, null, 7, {}, 'x'.repeat(201), 'nul\u0000'])
      expect((await confirm(token)).status).toBe(422);
    const gone = await asCustomer(shop);
    const token = tokenIn(await mailAbout(shop, gone.email, CONFIRM));
    await (await asAdmin(shop)).patch(`/v1/users/${gone.id}`, { disabled: true }, { expect: 200 });
    expect(await refused(token)).toEqual(INVALID);
  });

  it('takes no token of another kind', async () => {
    const person = await asCustomer(shop);
    await shop.guest.post('/v1/auth/password-reset', { email: person.email }, { expect: 202 });
    const reset = tokenIn(await mailAbout(shop, person.email, 'Set a new password'));
    expect(await refused(reset)).toEqual(INVALID);
    const link = tokenIn(await mailAbout(shop, person.email, CONFIRM));
    for (const path of ['/v1/auth/password-reset/confirm', '/v1/auth/invitations/accept']) {
      const { status, json } = await shop.guest.post<Problem>(path, { token: link, password: 'seventeen elephants' });
      expect([status, json.code]).toEqual(INVALID);
    }
    expect((await confirm(link)).status).toBe(204);
  });
});

describe("changing one's address", () => {
  it('takes the password, and counts once the new address has confirmed it', async () => {
    const person = await asCustomer(shop);
    const email = newEmail();
    expect((await changeEmail(person, email)).status).toBe(202);
    expect((await me(person)).email).toBe(person.email);
    const notice = await mailAbout(shop, person.email, 'is to be changed');
    expect(notice.text).not.toContain(email);
    const token = tokenIn(await mailAbout(shop, email, CONFIRM));
    expect((await shop.guest.post('/v1/auth/login', { email, password: PASSWORD })).status).toBe(401);
    expect((await confirm(token)).status).toBe(204);
    expect(await me(person)).toMatchObject({ email, emailVerified: true });
    await mailAbout(shop, person.email, 'Your e-mail address was changed');
    await mailAbout(shop, email, 'Your e-mail address is confirmed');
    expect((await shop.guest.post('/v1/auth/login', { email, password: PASSWORD })).status).toBe(200);
    expect((await shop.guest.post('/v1/auth/login', { email: person.email, password: PASSWORD })).status).toBe(401);
  });

  it('asks for a proof of the person', async () => {
    const person = await asCustomer(shop);
    const answers = [
      await changeEmail(person, newEmail(), {}),
      await changeEmail(person, newEmail(), { password: 'another long password' }),
      await changeEmail(person, newEmail(), { code: '123456' }),
      await changeEmail(person, person.email),
    ];
    expect(answers.slice(0, 3).map(({ status, json }) => [status, json.code])).toEqual([
      [403, 'auth.proof_required'],
      [422, 'auth.password_wrong'],
      [422, 'auth.code_wrong'],
    ]);
    // The address that is not confirmed yet may be given once more.
    expect(answers[3]?.status).toBe(202);
    expect((await shop.guest.post('/v1/users/me/email', { email: newEmail() })).status).toBe(401);
  });

  it('does not tell whether somebody has the address, and takes it from nobody', async () => {
    const person = await asCustomer(shop);
    const other = await asCustomer(shop);
    const [taken, free] = [await changeEmail(person, other.email.toUpperCase()), await changeEmail(person, newEmail())];
    expect([taken.status, taken.text]).toEqual([free.status, free.text]);
    expect([...taken.headers.keys()].sort()).toEqual([...free.headers.keys()].sort());
    const mails = await mailsTo(shop, other.email);
    expect(mails.filter(({ subject }) => !subject.startsWith(CONFIRM))).toEqual([]);
    expect((await me(other)).email).toBe(other.email);
  });

  it('goes to whoever confirms first where two want one address', async () => {
    const [one, two] = [await asCustomer(shop), await asCustomer(shop)];
    const email = newEmail();
    await changeEmail(one, email);
    const first = tokenIn(await mailAbout(shop, email, CONFIRM));
    await changeEmail(two, email);
    const second = tokenIn(await mailAbout(shop, email, CONFIRM, 2));
    expect((await confirm(second)).status).toBe(204);
    expect(await refused(first)).toEqual([409, 'users.email_taken']);
    expect((await me(one)).email).toBe(one.email);
    expect((await me(two)).email).toBe(email);
  });

  it('makes links to the old address worthless', async () => {
    const person = await asCustomer(shop);
    const first = tokenIn(await mailAbout(shop, person.email, CONFIRM));
    await shop.guest.post('/v1/auth/password-reset', { email: person.email }, { expect: 202 });
    const reset = tokenIn(await mailAbout(shop, person.email, 'Set a new password'));
    const email = newEmail();
    await changeEmail(person, email);
    expect(await refused(first)).toEqual(INVALID);
    expect((await confirm(tokenIn(await mailAbout(shop, email, CONFIRM)))).status).toBe(204);
    const answer = await shop.guest.post<Problem>('/v1/auth/password-reset/confirm', {
      token: reset,
      password: 'seventeen purple elephants',
    });
    expect([answer.status, answer.json.code]).toEqual(INVALID);
  });
});

describe('an address that could be read as more than one reader', () => {
  it.each([
    '"a\r\nBcc: eve@example.com"@example.com',
    '"a, eve"@example.com',
    '"<eve@example.com>"@example.com',
    'a@example.com, eve@example.com',
    'a@example.com\r\nBcc: eve@example.com',
    'a@example.com\nSubject: hello',
    'Grace <a@example.com>',
    'a@example.com>',
    'a@example.com\u2028eve@example.com',
    'a;eve@example.com',
    '(comment)a@example.com',
    'a@[127.0.0.1]',
    'a\\@example.com',
  ])('is refused: %j', async (email) => {
    const body = { email, password: PASSWORD, name: 'Grace' };
    expect((await shop.guest.post('/v1/auth/register', body)).status).toBe(422);
    expect((await shop.guest.post('/v1/auth/password-reset', { email })).status).toBe(422);
  });

  it.each(['Grace, Eve <eve@example.com>', '"Grace" <eve@example.com>;', 'Bcc: eve@example.com', '=?utf-8?q?x?='])(
    'and a name reaches no header: %j',
    async (name) => {
      const email = newEmail();
      await shop.guest.post('/v1/auth/register', { email, password: PASSWORD, name }, { expect: 201 });
      const { raw, parsed } = await mailAbout(shop, email, CONFIRM);
      expect(parsed.headerLines.map(({ key }) => key).sort()).toEqual([
        'auto-submitted',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ]);
      expect(parsed.headerLines.find(({ key }) => key === 'to')?.line).toBe(`To: ${email}`);
      expect(raw).not.toContain('eve@example.com');
    },
  );
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_ATTEMPTS, SendMail } from '../../src/notifications/app/send-mail.service.js';
import { OrderMails } from '../../src/notifications/app/order-mails.service.js';
import { MailDeliveriesRepository } from '../../src/notifications/data/mail-deliveries.repository.js';
import { checkViolation } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { Outbox, type NewEvent } from '../../src/platform/outbox/index.js';
import { MailServer, reply } from '../support/mail-server.js';
import { startNotifications, type NotificationsApp } from '../support/notifications-app.js';
import { JOBS } from '../support/jobs.js';

const EMAIL = 'ada.lovelace@customers.example';
const NAME = 'Ada Lovelace-Byron';
const TOKEN = 'ot1_secret-of-the-guest';

function paid(changes: object = {}): NewEvent {
  const orderId = newId();
  const payload = {
    orderId,
    number: 'BR-7K3QX9',
    email: EMAIL,
    currency: 'GBP',
    accessToken: TOKEN,
    placedAt: '2026-01-05T14:03:59.000Z',
    items: [
      { title: 'White mug', variantTitle: 'Large', sku: 'MUG-L', quantity: 2, unitPrice: 350, lineTotal: 700 },
      { title: 'Tea pot', variantTitle: '', sku: null, quantity: 1, unitPrice: 1999, lineTotal: 1999 },
    ],
    subtotal: 2699,
    discountTotal: 270,
    shippingTotal: 495,
    shippingName: 'Standard',
    taxTotal: 0,
    includedTax: 487,
    total: 2924,
    shippingAddress: { name: NAME, line1: '12 Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
    ...changes,
  };
  return { type: 'orders.paid', subjectId: orderId, payload };
}

const isSent = ({ status }: { status: string }) => status === 'sent';
const isFailed = ({ status }: { status: string }) => status === 'failed';

/** Jobs of mails that are still to run. */
async function waitingJobs({ db }: NotificationsApp): Promise<number> {
  const sql = `select count(*)::int as n from ${JOBS} as job where task_identifier like 'notifications%'`;
  return (await db.pool.query<{ n: number }>(sql)).rows[0]?.n ?? -1;
}

/** Nothing that tells who the customer is stands in the log, nor what opens the order. */
function expectNoPersonalData({ log }: NotificationsApp): void {
  const text = log.join('');
  expect(text).not.toBe('');
  for (const secret of [EMAIL, 'ada.lovelace', NAME, TOKEN, '12 Square']) expect(text).not.toContain(secret);
}

describe('mails through a mail server', () => {
  const server = new MailServer();
  let shop: NotificationsApp;

  beforeAll(async () => {
    await server.start();
    shop = await startNotifications({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
  });
  afterAll(async () => {
    await shop.close();
    await server.stop();
  });
  beforeEach(async () => {
    server.received.length = 0;
  });
  afterEach(() => expectNoPersonalData(shop));

  it('confirms a paid order once, in text and HTML', async () => {
    const event = paid();
    const row = await shop.delivery(await shop.happen(event), isSent);
    expect(row).toMatchObject({ kind: 'order_confirmation', recipient: EMAIL, attempts: 1, lastError: null });
    expect(row.sentAt).toBeInstanceOf(Date);
    expect(server.received).toHaveLength(1);
    const [{ from, to, parsed }] = server.received as [(typeof server.received)[0]];
    expect({ from, to }).toEqual({ from: 'orders@tea.example', to: [EMAIL] });
    expect(parsed.subject).toBe('Your order BR-7K3QX9 at Tea & Cups');
    expect(parsed.from?.value).toEqual([{ name: 'Tea & Cups', address: 'orders@tea.example' }]);
    expect(parsed.messageId).toBe(`<${row.id}@tea.example>`);
    expect(parsed.text).toContain('2 × White mug\n    Large · SKU MUG-L\n    £3.50 each, £7.00 in all\n');
    expect(parsed.text).toContain(`https://tea.example/orders/${event.subjectId}#token=${TOKEN}\n`);
    expect(parsed.text).toContain('Total: £29.24');
    expect(parsed.html).toContain('White mug');
    expect(parsed.html).toContain('£29.24');
    expect(parsed.attachments).toEqual([]);
  });

  it('sends one mail however often, and however much at once, an event is handed over', async () => {
    const id = await shop.happen(paid());
    const stored = await shop.db.prisma.outboxEvent.findUniqueOrThrow({ where: { id } });
    await Promise.all(Array.from({ length: 10 }, async () => shop.app.get(OrderMails).paid(stored)));
    await shop.delivery(id, isSent);
    await shop.db.prisma.outboxEvent.update({ where: { id }, data: { dispatchedAt: null } });
    await shop.app.get(OrderMails).paid(stored);
    await sleep(1500);
    expect(await waitingJobs(shop)).toBe(0);
    expect(await shop.db.prisma.mailDelivery.count({ where: { eventId: id } })).toBe(1);
    expect(server.received).toHaveLength(1);
  });

  it('starts a try and records the end of one as Prisma would', async () => {
    const id = await shop.happen(paid());
    const sent = await shop.delivery(id, isSent);
    const { mailDelivery } = shop.db.prisma;
    const deliveries = shop.app.get(MailDeliveriesRepository);
    expect(await deliveries.startAttempts([sent.id, newId()])).toEqual([]);
    const lastError = 'ESOCKET: away';
    const queued = { status: 'queued', sentAt: null, attempts: 3, lastError } as const;
    const before = await mailDelivery.update({ where: { id: sent.id }, data: queued });
    const { eventId, kind, recipient, subject, text, html, createdAt } = before;
    const started = { id: sent.id, eventId, kind, recipient, subject, text, html, createdAt, attempts: 4 };
    expect(await deliveries.startAttempts([newId(), sent.id])).toEqual([started]);
    const sentAt = new Date('2026-01-05T14:03:59.123Z');
    await deliveries.markSent(sent.id, sentAt);
    const after = { ...before, status: 'sent', attempts: 4, sentAt, lastError: null };
    expect(await mailDelivery.findUnique({ where: { id: sent.id } })).toEqual(after);
    await deliveries.markSent(sent.id, new Date());
    expect(await mailDelivery.findUnique({ where: { id: sent.id } })).toEqual(after);
  });

  it('makes many mails owed, word for word, and none twice', async () => {
    const deliveries = shop.app.get(MailDeliveriesRepository);
    const words = (n: number) => ({ subject: `№ ${n} "{,}"`, text: `a\\b\n'${n}'`, html: `<p>${n} 🫖</p>` });
    const mail = (n: number) => ({
      id: newId(),
      eventId: newId(),
      kind: 'k',
      recipient: `a${n}@b.example`,
      ...words(n),
    });
    const [first, second, third] = [mail(1), mail(2), mail(3)];
    const now = new Date('2026-01-05T14:03:59.123Z');
    const add = (mails: (typeof first)[]) => shop.db.transaction((tx) => deliveries.add(tx, mails, now));
    expect(await add([first, second])).toEqual([first.id, second.id]);
    const again = { ...second, id: newId(), text: 'other' };
    expect(await add([again, third])).toEqual([third.id]);
    const ids = [first, second, third].map(({ id }) => id);
    const rows = await shop.db.prisma.mailDelivery.findMany({ where: { kind: 'k' }, orderBy: { id: 'asc' } });
    expect(rows.map(({ id }) => id)).toEqual(ids);
    const rest = { status: 'queued', attempts: 0, lastError: null, createdAt: now, sentAt: null, erasedAt: null };
    expect(rows).toEqual([first, second, third].map((one) => ({ ...one, ...rest })));
  });

  it('makes no job of an order that was confirmed before it was paid', async () => {
    const id = await shop.happen(paid({ confirmed: true }));
    const event = () => shop.db.prisma.outboxEvent.findUniqueOrThrow({ where: { id } });
    for (let tries = 0; tries < 100 && !(await event()).dispatchedAt; tries++) await sleep(50);
    expect((await event()).dispatchedAt).not.toBeNull();
    expect(await waitingJobs(shop)).toBe(0);
    await shop.app.get(OrderMails).paid(await event());
    expect(await shop.db.prisma.mailDelivery.count({ where: { eventId: id } })).toBe(0);
  });

  it('sends nothing for an order whose transaction was undone', async () => {
    const event = paid();
    const undone = shop.db.transaction(async (tx) => {
      await tx.outboxEvent.create({
        data: { ...event, payload: event.payload, id: newId(), occurredAt: new Date() },
      });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await sleep(800);
    expect(await shop.db.prisma.mailDelivery.count({ where: { text: { contains: event.subjectId } } })).toBe(0);
    expect(server.received).toHaveLength(0);
  });

  it('repeats the very same message when it crashed between sending and recording', async () => {
    const row = await shop.delivery(await shop.happen(paid()), isSent);
    await shop.db.prisma.mailDelivery.update({ where: { id: row.id }, data: { status: 'queued', sentAt: null } });
    await shop.app.get(SendMail).send(row.id);
    expect(server.received).toHaveLength(2);
    const [first, second] = server.received.map(({ raw }) => raw.toString('latin1'));
    expect(second).toBe(first);
    await shop.app.get(SendMail).send(row.id);
    await shop.app.get(SendMail).send(newId());
    expect(server.received).toHaveLength(2);
  });

  it('waits for a server that is away, and sends once it is back', async () => {
    await server.stop();
    const id = await shop.happen(paid());
    const waiting = await shop.delivery(id, ({ lastError }) => lastError !== null);
    expect(waiting).toMatchObject({ status: 'queued', attempts: 1, sentAt: null });
    expect(waiting.lastError).toMatch(/^ESOCKET CONN: .*ECONNREFUSED/);
    expect(await waitingJobs(shop)).toBe(1);
    await server.start();
    const row = await shop.delivery(id, isSent);
    expect(row.attempts).toBeGreaterThan(1);
    expect(row.lastError).toBeNull();
    expect(server.received.map(({ parsed }) => parsed.messageId)).toEqual([`<${row.id}@tea.example>`]);
  });

  it('goes on after the server closed the connection that was kept', async () => {
    await shop.delivery(await shop.happen(paid()), isSent);
    await server.stop();
    await server.start();
    const row = await shop.delivery(await shop.happen(paid()), isSent);
    expect(row.attempts).toBe(1);
    expect(server.received).toHaveLength(2);
  });

  it('gives up after the last try, and says so in the log', async () => {
    await server.stop();
    const id = await shop.happen(paid());
    const { id: deliveryId } = await shop.delivery(
      id,
      ({ attempts, lastError }) => attempts === 1 && lastError !== null,
    );
    await shop.db.prisma.mailDelivery.update({ where: { id: deliveryId }, data: { attempts: MAX_ATTEMPTS - 2 } });
    await expect(shop.app.get(SendMail).send(deliveryId)).rejects.toMatchObject({
      code: 'notifications.mail_not_sent',
    });
    await shop.app.get(SendMail).send(deliveryId);
    expect(await shop.delivery(id, isFailed)).toMatchObject({ attempts: MAX_ATTEMPTS, sentAt: null });
    const said = shop.log.filter((line) => line.includes('mail given up') && line.includes(deliveryId));
    expect(said.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ level: 50, reason: 'tried too often' }]);
    await server.start();
    await shop.app.get(SendMail).send(deliveryId);
    expect(server.received).toHaveLength(0);
  });

  it('tells of a cancellation and of a refund', async () => {
    const order = { orderId: newId(), number: 'BR-7K3QX9', email: EMAIL, currency: 'GBP' };
    const cancelled = { ...order, refundedTotal: 2924, reason: 'Changed my mind' };
    const events = [
      { type: 'orders.cancelled', subjectId: order.orderId, payload: cancelled },
      { type: 'orders.refunded', subjectId: order.orderId, payload: { ...order, amount: 350 } },
    ];
    for (const event of events) await shop.delivery(await shop.happen(event), isSent);
    expect(server.received.map(({ parsed }) => [parsed.subject, parsed.text])).toEqual([
      ['Your order BR-7K3QX9 at Tea & Cups is cancelled', expect.stringContaining('£29.24 goes back to you')],
      ['Refund for your order BR-7K3QX9 at Tea & Cups', expect.stringContaining('£3.50')],
    ]);
  });

  it.each([
    ['HTML', '<img src=x onerror=alert(1)></table><h1>& "quotes" \'too\''],
    ['line breaks', 'Mug\r\nBcc: everyone@example.com\r\n\r\n.\r\nTotal: £0.00'],
    ['other writing', 'شاي 茶 чай τσάι \u202Edesrever'],
    ['emoji', '🍵🫖👩🏽‍🚀'],
    ['great length', 'very '.repeat(20_000) + 'long'],
    ['length without a space', 'x'.repeat(100_000)],
  ])('keeps the message whole when titles and names hold %s', async (_, text) => {
    const item = { title: text, variantTitle: text, sku: text, quantity: 1, unitPrice: 2924, lineTotal: 2924 };
    const shippingAddress = { name: text, line1: text, city: text, region: text, postalCode: text, country: 'GB' };
    const event = paid({ items: [item], shippingAddress, shippingName: text, number: text.slice(0, 40) });
    await shop.delivery(await shop.happen(event), isSent);
    const [{ to, parsed, raw }] = server.received as [(typeof server.received)[0]];
    expect(to).toEqual([EMAIL]);
    expect([...parsed.headers.keys()].sort()).toEqual(
      ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'].sort(),
    );
    expect(
      raw
        .toString('latin1')
        .split('\r\n')
        .every((line) => line.length <= 998),
    ).toBe(true);
    const shown = text.replace('\u202E', '').replaceAll(/[\r\n]+/g, ' ');
    const escaped = shown.replace(
      /[&<>"']/g,
      (sign) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[sign] ?? '#39'};`,
    );
    expect(parsed.text).toContain(`1 × ${shown}\n    ${shown} · SKU ${shown}\n`);
    expect(parsed.text).toMatch(/\n\nTotal: £29\.24\n|\nTotal: £29\.24\n/);
    expect(parsed.text?.match(/^Total: /gm)).toHaveLength(1);
    expect(parsed.html).toContain(`>${escaped}<br`);
  });
});

describe('a server that refuses', () => {
  it('ends the tries at once when the recipient is refused for good, and keeps what it said out of the log', async () => {
    const server = await new MailServer({
      onRcptTo: ({ address }, _, done) => done(reply(550, `5.1.1 <${address}>: no such user`)),
    }).start();
    const shop = await startNotifications({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
    try {
      const row = await shop.delivery(await shop.happen(paid()), isFailed);
      expect(row).toMatchObject({ attempts: 1, sentAt: null });
      expect(row.lastError).toBe(`EENVELOPE 550 RCPT TO: 550 5.1.1 <${EMAIL}>: no such user`);
      await expectNoJobs(shop);
      expect(shop.log.join('')).toContain('refused for good');
      expectNoPersonalData(shop);
    } finally {
      await shop.close();
      await server.stop();
    }
  });

  it('sends many by few jobs, and of one job only those again that were not taken', async () => {
    const number = 23;
    const refused = new Map<string, number>([
      ['busy@customers.example', 451],
      ['gone@customers.example', 550],
    ]);
    const server = await new MailServer({
      onRcptTo: ({ address }, _, done) => {
        const code = refused.get(address);
        if (code === 451) refused.delete(address);
        done(code === undefined ? null : reply(code, `${code} not now`));
      },
    }).start();
    const shop = await startNotifications({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
    try {
      const emails = Array.from({ length: number - 2 }, (_, n) => `reader-${n}@customers.example`);
      emails.splice(3, 0, ...refused.keys());
      // At once, so that they are handed over together.
      const ids = await shop.db.transaction((tx) =>
        emails.map((email) => shop.app.get(Outbox).append(tx, paid({ email }))),
      );
      await shop.delivery(ids[3] ?? '', ({ status, attempts }) => status === 'sent' && attempts === 2);
      await expectNoJobs(shop);
      const rows = await shop.db.prisma.mailDelivery.findMany({ where: { eventId: { in: ids } } });
      const ended = (email: string) => rows.find(({ recipient }) => recipient === email);
      expect(rows).toHaveLength(number);
      expect(ended('busy@customers.example')).toMatchObject({ status: 'sent', attempts: 2, lastError: null });
      expect(ended('gone@customers.example')).toMatchObject({ status: 'failed', attempts: 1 });
      const others = rows.filter(({ recipient }) => recipient.startsWith('reader-'));
      expect(new Set(others.map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(new Set(['sent 1']));
      const taken = emails.filter((email) => email !== 'gone@customers.example');
      expect(server.received.flatMap(({ to }) => to).sort()).toEqual(taken.sort());
      const jobs = shop.log.filter((line) => line.includes('Found task') && line.includes('notifications.send_mail'));
      // Three for 23 mails, and one for what was not taken.
      expect(jobs).toHaveLength(4);
    } finally {
      await shop.close();
      await server.stop();
    }
  });

  it('tries again when it is only busy', async () => {
    let calls = 0;
    const server = await new MailServer({
      onRcptTo: ({ address }, _, done) =>
        ++calls === 1 ? done(reply(451, `4.7.1 <${address}> come back later`)) : done(),
    }).start();
    const shop = await startNotifications({ SMTP_URL: `smtp://127.0.0.1:${server.port}` });
    try {
      expect(await shop.delivery(await shop.happen(paid()), isSent)).toMatchObject({ attempts: 2, lastError: null });
      expect(server.received).toHaveLength(1);
      expectNoPersonalData(shop);
    } finally {
      await shop.close();
      await server.stop();
    }
  });

  it('takes the right login over TLS, and ends the tries at the wrong one', async () => {
    const server = await new MailServer({
      authOptional: false,
      disabledCommands: [],
      onAuth: ({ username, password }, _, done) =>
        username === 'sh@p' && password === 'pass:w/rd'
          ? done(null, { user: 'shop' })
          : done(reply(535, '5.7.8 wrong')),
    }).start();
    const address = `127.0.0.1:${server.port}?requireTLS=true&tls.rejectUnauthorized=false`;
    const right = await startNotifications({ SMTP_URL: `smtp://sh%40p:pass%3Aw%2Frd@${address}` });
    const wrong = await startNotifications({ SMTP_URL: `smtp://sh%40p:wr0ng-passw0rd@${address}` });
    try {
      await right.delivery(await right.happen(paid()), isSent);
      const row = await wrong.delivery(await wrong.happen(paid()), isFailed);
      expect(row.attempts).toBe(1);
      expect(row.lastError).toMatch(/^EAUTH 535 AUTH/);
      await expectNoJobs(wrong);
      expect(server.received).toHaveLength(1);
      expect(JSON.stringify(row) + wrong.log.join('')).not.toContain('wr0ng-passw0rd');
    } finally {
      await right.close();
      await wrong.close();
      await server.stop();
    }
  });

  it('gives no mail to a server elsewhere that speaks no TLS, unless its address says so', async () => {
    const server = await new MailServer().start();
    // Leads here, and is none of the addresses that are known to.
    const strict = await startNotifications({ SMTP_URL: `smtp://0.0.0.0:${server.port}` });
    const trusting = await startNotifications({ SMTP_URL: `smtp://0.0.0.0:${server.port}?requireTLS=false` });
    try {
      await trusting.delivery(await trusting.happen(paid()), isSent);
      const row = await strict.delivery(await strict.happen(paid()), ({ lastError }) => lastError !== null);
      expect(row.lastError).toMatch(/^ETLS/);
      expect(server.received).toHaveLength(1);
    } finally {
      await strict.close();
      await trusting.close();
      await server.stop();
    }
  });
});

/** Polls, since a job goes a moment after its work is recorded. */
async function expectNoJobs(shop: NotificationsApp): Promise<void> {
  for (let tries = 0; tries < 40 && (await waitingJobs(shop)) > 0; tries++) await sleep(50);
  expect(await waitingJobs(shop)).toBe(0);
}

describe('mails as files', () => {
  let shop: NotificationsApp;
  beforeAll(async () => {
    shop = await startNotifications({ MAIL_FROM: 'orders@tea.example' });
  });
  afterAll(() => shop.close());

  it('keeps a mail as one file for the owner alone, once however often it is written', async () => {
    const row = await shop.delivery(await shop.happen(paid()), isSent);
    const folder = join(shop.dataDir, 'mail');
    const file = join(folder, `${row.id}.eml`);
    const first = readFileSync(file);
    await shop.db.prisma.mailDelivery.update({ where: { id: row.id }, data: { status: 'queued', sentAt: null } });
    await shop.app.get(SendMail).send(row.id);
    expect(readdirSync(folder)).toEqual([`${row.id}.eml`]);
    expect(readFileSync(file).equals(first)).toBe(true);
    expect([folder, file].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
    const parsed = await simpleParser(first);
    expect(parsed.from?.value).toEqual([{ name: 'Tea & Cups', address: 'orders@tea.example' }]);
    expect(parsed.text).toContain('Total: £29.24');
    expect(parsed.html).toContain('£29.24');
    expectNoPersonalData(shop);
  });

  it('leaves it to the database that a sent mail has its time', async () => {
    const row = await shop.delivery(await shop.happen(paid()), isSent);
    for (const sql of [`sent_at = null`, `status = 'queued'`, 'attempts = -1', `recipient = ''`]) {
      const change = shop.db.prisma.$executeRawUnsafe(`update mail_delivery set ${sql} where id = '${row.id}'`);
      expect(checkViolation(await change.catch((error: unknown) => error))).toContain('mail_delivery_');
    }
  });
});

it('does not start with a sender that cannot be read', async () => {
  await expect(startNotifications({ MAIL_FROM: 'Tea and cups' })).rejects.toThrow(/MAIL_FROM must read/);
});

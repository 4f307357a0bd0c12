import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileTransport } from './file-transport.js';

const SENDER = { name: 'Tea & Cups, "the" shop', address: 'orders@tea.example', domain: 'tea.example' };
const MAIL = {
  id: '019b0000-0000-7000-8000-000000000002',
  recipient: 'ada@example.com',
  subject: 'Your order — 茶 🍵',
  text: `First line\n.a line that begins with a dot\nFrom the shop\n${'long '.repeat(400)}\n茶 🍵`,
  html: `<p>${'long '.repeat(400)}</p>\n<p>茶 🍵</p>`,
  createdAt: new Date('2026-01-05T14:03:59Z'),
};

describe('FileTransport', () => {
  let root: string;
  let folder: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'backroom-mail-'));
    folder = join(root, 'data', 'mail');
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('keeps a mail as a file that a mail program reads', async () => {
    await new FileTransport(folder, SENDER).deliver(MAIL);
    expect(readdirSync(folder)).toEqual([`${MAIL.id}.eml`]);
    const content = readFileSync(join(folder, `${MAIL.id}.eml`));
    expect(
      content
        .toString('latin1')
        .split('\r\n')
        .every((line) => line.length <= 78 && !/[\r\n]/.test(line)),
    ).toBe(true);
    const parsed = await simpleParser(content);
    expect(parsed.from?.value).toEqual([{ name: SENDER.name, address: SENDER.address }]);
    expect(parsed.to).toMatchObject({ value: [{ name: '', address: MAIL.recipient }] });
    expect(parsed.subject).toBe(MAIL.subject);
    expect(parsed.text?.trimEnd()).toBe(MAIL.text);
    expect(parsed.html).toBe(MAIL.html);
    expect(parsed.messageId).toBe(`<${MAIL.id}@tea.example>`);
    expect(parsed.date).toEqual(MAIL.createdAt);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('writes the same mail to the same file, byte for byte, for its owner alone', async () => {
    const transport = new FileTransport(folder, SENDER);
    await transport.deliver(MAIL);
    const path = join(folder, `${MAIL.id}.eml`);
    const first = readFileSync(path);
    await transport.deliver(MAIL);
    expect(readFileSync(path).equals(first)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('sends to one reader only, whatever stands in the address', async () => {
    const recipient = 'a@example.com, b@example.com\r\nBcc: c@example.com';
    await new FileTransport(folder, SENDER).deliver({ ...MAIL, recipient });
    const [file = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/^Bcc:/im);
  });

  it('tells of a folder that cannot be written as a failure that may pass, without a path in the code', async () => {
    writeFileSync(join(root, 'data'), 'a file in the way');
    await expect(new FileTransport(folder, SENDER).deliver(MAIL)).rejects.toMatchObject({
      permanent: false,
      code: 'ENOTDIR',
    });
  });
});

import { simpleParser, type ParsedMail } from 'mailparser';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './shop-fixture.js';
import type { TestApp } from './test-app.js';

/** A mail as its reader gets it. */
export interface ReadMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly raw: string;
  readonly parsed: ParsedMail;
}

/** All mails that went out to the address, the earliest first. */
export async function mailsTo(shop: Pick<TestApp, 'dataDir'>, address: string): Promise<ReadMail[]> {
  const mails = await Promise.all(files(shop).map(readMail));
  return mails.filter(({ to }) => to.toLowerCase() === address.toLowerCase());
}

/** The latest mail to the address whose subject has these words, once there are `count` of them. */
export async function mailAbout(
  shop: Pick<TestApp, 'dataDir'>,
  address: string,
  words: string,
  count = 1,
): Promise<ReadMail> {
  const found = await eventually(
    async () => (await mailsTo(shop, address)).filter(({ subject }) => subject.includes(words)),
    (mails) => mails.length >= count,
  );
  return found.at(-1) as ReadMail;
}

/** The token of the mail's link, or the code that it gives where there is no storefront. */
export function tokenIn({ text }: ReadMail): string {
  const token = /#token=([\w-]{43})$/m.exec(text)?.[1] ?? /^([\w-]{43})$/m.exec(text)?.[1];
  if (token === undefined) throw new Error(`There is no token in ${text}`);
  return token;
}

function files({ dataDir }: Pick<TestApp, 'dataDir'>): string[] {
  const folder = join(dataDir, 'mail');
  try {
    // Named by ids that grow with time.
    return readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    // The first mail makes the folder.
    return [];
  }
}

async function readMail(path: string): Promise<ReadMail> {
  const raw = readFileSync(path, 'utf8');
  const parsed = await simpleParser(raw);
  const [to] = parsed.to === undefined ? [] : Array.isArray(parsed.to) ? parsed.to : [parsed.to];
  return {
    to: to?.value[0]?.address ?? '',
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    raw,
    parsed,
  };
}

import { composeMail } from './compose-mail.js';
import { ACCOUNT_CHANGES, type AccountChange } from './account-changes.js';
import type { Block, MailContent, ShopFace } from './mail-document.js';

/** Something that happened to an account. */
export interface AccountNews {
  readonly change: AccountChange;
  /** What it was done with or to, such as the name of a passkey. */
  readonly detail?: string | undefined;
  /** On what it was done, in our words. */
  readonly device?: string | undefined;
}

export type LinkKind = 'verify_email' | 'reset_password' | 'invitation';

/** A link that an account's owner follows. */
export interface AccountLink {
  readonly purpose: LinkKind;
  /** What stands for the token (see `sealedLink`). */
  readonly token: string;
  readonly goodUntil: Date;
}

/**
 * The mail that tells an account's owner what happened to it. It names nobody and quotes nothing that a client says of itself.
 * @param news its `detail` only where the address is confirmed
 */
export function accountNotice(news: AccountNews, shop: ShopFace): MailContent {
  const { change, detail, device } = news;
  const { subject, says, advice } = ACCOUNT_CHANGES[change];
  const rows = [
    ...(detail === undefined ? [] : [{ name: 'Concerns', value: detail }]),
    ...(device === undefined ? [] : [{ name: 'Done with', value: device }]),
  ];
  return composeMail(shop, {
    subject: `${subject} at ${shop.name}`,
    heading: subject,
    blocks: [
      { kind: 'paragraph', text: says },
      ...(rows.length === 0 ? [] : [{ kind: 'facts', rows } as const]),
      { kind: 'paragraph', text: advice },
    ],
  });
}

interface LinkWords {
  readonly subject: (shop: string) => string;
  readonly heading: string;
  readonly says: (shop: string) => string;
  readonly label: string;
  /** The storefront's page that reads the token behind `#`. */
  readonly page: string;
  readonly otherwise: string;
}

const LINKS: Readonly<Record<LinkKind, LinkWords>> = {
  verify_email: {
    subject: (shop) => `Confirm your e-mail address for ${shop}`,
    heading: 'Confirm your e-mail address',
    says: (shop) => `Somebody gave this address for an account at ${shop}. If it was you, confirm that it is yours.`,
    label: 'Confirm the address',
    page: 'verify-email',
    otherwise: 'If it was not you, do nothing: the address then counts for nothing.',
  },
  reset_password: {
    subject: (shop) => `Set a new password at ${shop}`,
    heading: 'Set a new password',
    says: (shop) => `Somebody asked for a new password for your account at ${shop}. If it was you, choose one now.`,
    label: 'Choose a new password',
    page: 'reset-password',
    otherwise: 'If it was not you, do nothing: your password stays as it is.',
  },
  invitation: {
    subject: (shop) => `You are invited to work at ${shop}`,
    heading: 'You are invited',
    says: (shop) => `You are invited to an account with which you can work at ${shop}. Choose a password to begin.`,
    label: 'Accept the invitation',
    page: 'accept-invitation',
    otherwise: 'If you did not expect this, do nothing: the invitation runs out by itself.',
  },
};

/** The mail with a link that proves that its reader reads the address. Without a storefront it gives the code that the link would hold. */
export function accountLink({ purpose, token, goodUntil }: AccountLink, shop: ShopFace): MailContent {
  const words = LINKS[purpose];
  return composeMail(shop, {
    subject: words.subject(shop.name),
    heading: words.heading,
    blocks: [
      { kind: 'paragraph', text: words.says(shop.name) },
      ...wayOf(words, token, shop),
      { kind: 'paragraph', text: `It can be used once, until ${utc(goodUntil)}. Keep it to yourself.` },
      { kind: 'paragraph', text: words.otherwise },
    ],
  });
}

function wayOf({ label, page }: LinkWords, token: string, { storefrontUrl }: ShopFace): Block[] {
  // Behind `#`, which browsers send to no server, so that the token lands in no log.
  if (storefrontUrl !== undefined) return [{ kind: 'link', label, url: `${storefrontUrl}/${page}#token=${token}` }];
  return [
    { kind: 'paragraph', text: `${label} with this code:` },
    { kind: 'paragraph', text: token },
  ];
}

function utc(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

import { oneLine } from '../domain/plain-words.js';
import { errorFields } from './error-fields.js';
import { MailFailure } from './mail-transport.js';

const MAX_DETAIL = 500;

/** Faults that nodemailer finds in the mail or the settings before or instead of asking the server: they stay as they are. */
const PERMANENT_WITHOUT_REPLY: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE', 'EAUTH', 'ENOAUTH', 'ECONFIG']);

/** Turns nodemailer's error into ours. */
export function smtpFailure(error: unknown): MailFailure {
  const { code, message, fields } = errorFields(error);
  const responseCode = typeof fields['responseCode'] === 'number' ? fields['responseCode'] : undefined;
  const command = typeof fields['command'] === 'string' ? fields['command'] : undefined;
  const response = typeof fields['response'] === 'string' ? fields['response'] : '';
  return new MailFailure({
    permanent: isPermanent(code, responseCode),
    code: [code, responseCode, command].filter((part) => part !== undefined).join(' '),
    detail: oneLine(response === '' ? message : response).slice(0, MAX_DETAIL),
  });
}

/**
 * RFC 5321, section 4.2.1: replies 5yz are final and 4yz are not. Only 503, a command out of sequence, speaks of the session and not of
 * the mail. Without a reply the server is away, and comes back.
 */
function isPermanent(code: string, responseCode: number | undefined): boolean {
  if (responseCode !== undefined) return responseCode >= 500 && responseCode < 600 && responseCode !== 503;
  return PERMANENT_WITHOUT_REPLY.has(code);
}

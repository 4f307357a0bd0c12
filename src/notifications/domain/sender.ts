import { oneLine } from './plain-words.js';

/** Who a mail is from. */
export interface Sender {
  readonly name: string;
  readonly address: string;
  /** The part of the address behind the @, for the ids of messages. */
  readonly domain: string;
}

const NAMED = /^(?:"([^"<>]*)"|([^"<>]*?))\s*<([^<>]*)>$/;
const ADDRESS = /^[^\s<>@",;:]+@([^\s<>@",;:]+)$/;

/**
 * Reads `Name <name@domain>` or `name@domain`; without a name the sender is called as the shop is.
 * @throws RangeError for anything else: the server should not start with it.
 */
export function parseSender(text: string, shopName: string): Sender {
  const given = oneLine(text);
  const [, quoted, bare, named] = NAMED.exec(given) ?? [];
  const address = named ?? given;
  const domain = ADDRESS.exec(address)?.[1];
  if (domain === undefined) throw new RangeError('MAIL_FROM must read `Name <name@domain>` or name@domain');
  return { name: quoted || bare || oneLine(shopName), address, domain };
}

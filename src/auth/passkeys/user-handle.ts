import { isUuid, type UserId } from '../../platform/ids/index.js';

/** What an authenticator keeps to name the account (WebAuthn Level 3, "user handle"): the bytes of its id, which tell nothing of a person. */
export function userHandleOf(userId: UserId): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'));
}

/** The account that a handle names, base64url as clients send it; undefined for anything else. */
export function userOfHandle(handle: string): UserId | undefined {
  const hex = Buffer.from(handle, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUuid(id) ? (id as UserId) : undefined;
}

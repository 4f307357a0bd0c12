import { InvalidError } from '../../platform/errors/index.js';
import { isCommonPassword } from './common-passwords.js';
import { isMadeOfContext } from './context-words.js';
import { PASSWORD_MIN } from './password-length.js';

/**
 * The form in which a password is hashed and compared: NFKC (NIST SP 800-63B, 5.1.1.2), so that it does not matter how
 * a keyboard composes an accented letter.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** What a password must not be made of, and where it stands. */
export interface PasswordContext {
  readonly email: string;
  readonly shopName: string;
  /** In the body. */
  readonly pointer?: string | undefined;
}

/**
 * Refuses passwords that are guessed first.
 * @throws InvalidError `auth.password_weak` (422)
 */
export async function requireGoodPassword(password: string, context: PasswordContext): Promise<void> {
  const { pointer = '/password' } = context;
  const fault = await faultOf(normalizePassword(password), context);
  if (fault)
    throw new InvalidError('auth.password_weak', 'This password is too easy to guess.', [
      { pointer, code: fault.code, detail: `${pointer.slice(1)} ${fault.detail}` },
    ]);
}

async function faultOf(
  password: string,
  { email, shopName }: PasswordContext,
): Promise<{ code: string; detail: string } | undefined> {
  if ([...password].length < PASSWORD_MIN)
    return { code: 'password_too_short', detail: `must be at least ${PASSWORD_MIN} characters` };
  const lower = password.toLowerCase();
  const address = normalizePassword(email).toLowerCase();
  if (lower === address || lower === address.slice(0, address.lastIndexOf('@')))
    return { code: 'password_is_email', detail: 'must not be the e-mail address' };
  if (await isCommonPassword(lower))
    return { code: 'password_common', detail: 'is one of the passwords that are tried first' };
  if (isMadeOfContext(lower, [shopName]))
    return { code: 'password_of_context', detail: 'must be more than names of this shop and its roles' };
  return undefined;
}

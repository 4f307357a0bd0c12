import { InvalidError } from '../../platform/errors/index.js';
import { isCommonPassword } from './common-passwords.js';
import { PASSWORD_MIN } from './password-length.js';

/**
 * The form in which a password is hashed and compared: NFKC (NIST SP 800-63B, 5.1.1.2), so that it does not matter how
 * a keyboard composes an accented letter.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Refuses passwords that are guessed first.
 * @throws InvalidError `auth.password_weak` (422)
 */
export async function requireGoodPassword(password: string, email: string): Promise<void> {
  const normal = normalizePassword(password);
  if ([...normal].length < PASSWORD_MIN) throw weak('too_short', `must be at least ${PASSWORD_MIN} characters`);
  const lower = normal.toLowerCase();
  const address = normalizePassword(email).toLowerCase();
  if (lower === address || lower === address.slice(0, address.lastIndexOf('@')))
    throw weak('is_email', 'must not be the e-mail address');
  if (await isCommonPassword(lower)) throw weak('common', 'is one of the passwords that are tried first');
}

function weak(code: string, detail: string): InvalidError {
  return new InvalidError('auth.password_weak', 'This password is too easy to guess.', [
    { pointer: '/password', code: `password_${code}`, detail: `password ${detail}` },
  ]);
}

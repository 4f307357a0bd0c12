import { PASSWORD_MIN } from './password-length.js';

let common: Promise<ReadonlySet<string>> | undefined;

/**
 * Whether a password, in small letters, is among the 50,000 or so that leaks show most often. The list is read when it
 * is first needed, and only what is long enough to pass the other rules is kept (some 1,600).
 */
export async function isCommonPassword(lower: string): Promise<boolean> {
  common ??= load();
  return (await common).has(lower);
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((password) => password.length >= PASSWORD_MIN));
}

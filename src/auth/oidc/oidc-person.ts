import { isEmail } from 'class-validator';

const EMAIL_MAX = 254;
const NAME_MAX = 200;

/** Who a provider says that somebody is. */
export interface OidcPerson {
  /** The provider's own name for the person, which no other person ever gets (OpenID Connect Core, 2). */
  readonly subject: string;
  /** An address that can be one; whose it is says `emailVerified` alone. */
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name: string | undefined;
}

/** Reads the standard claims (OpenID Connect Core, 5.1). What is not of the form that they must have is passed over. */
export function personOf(subject: string, claims: Readonly<Record<string, unknown>>): OidcPerson {
  const { email, email_verified: verified, name } = claims;
  return {
    subject,
    email: typeof email === 'string' && email.length <= EMAIL_MAX && isEmail(email) ? email : undefined,
    // A text "true", as some providers send it, is not what the standard calls verified.
    emailVerified: verified === true,
    name: typeof name === 'string' ? plainName(name) : undefined,
  };
}

/** What an account is called whose provider gives no name: what stands before the @. */
export function nameFor({ name, email }: OidcPerson): string {
  return name ?? plainName(email?.slice(0, email.lastIndexOf('@')) ?? '') ?? 'Customer';
}

function plainName(text: string): string | undefined {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
    .slice(0, NAME_MAX)
    .trim();
  return plain === '' ? undefined : plain;
}

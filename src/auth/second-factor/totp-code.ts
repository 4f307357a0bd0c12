import { Secret, TOTP } from 'otpauth';

/** What authenticator apps understand without being told (RFC 6238, 1.2 and 4): SHA-1, six digits, thirty seconds. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** RFC 4226, 4 (R6) recommends 160 bits. */
const SECRET_BYTES = 20;
/** Steps before and after the present one whose code is taken, for clocks that are off (RFC 6238, 5.2). */
const WINDOW = 1;

/** A new secret, in base32 as apps want it typed. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The `otpauth:` address that an app reads from a QR code. */
export function totpUri(secret: string, issuer: string, account: string): string {
  return new TOTP({ ...PARAMETERS, issuer, label: account, secret: Secret.fromBase32(secret) }).toString();
}

/** Whether the text has the form of a code by time; spaces, as apps show them, do not count. */
export function isTotpForm(code: string): boolean {
  return /^\d{6}$/.test(withoutSpaces(code));
}

/** The time step that the code is of, one next to `now` at most; undefined for a wrong code. */
export function totpStepOf(code: string, secret: string, now: Date): bigint | undefined {
  if (!isTotpForm(code)) return undefined;
  const timestamp = now.getTime();
  const delta = TOTP.validate({
    ...PARAMETERS,
    token: withoutSpaces(code),
    secret: Secret.fromBase32(secret),
    timestamp,
    window: WINDOW,
  });
  return delta === null ? undefined : BigInt(TOTP.counter({ period: PARAMETERS.period, timestamp }) + delta);
}

function withoutSpaces(code: string): string {
  return code.replaceAll(/\s/g, '');
}

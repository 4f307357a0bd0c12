/** In characters; NIST SP 800-63B asks for no less than eight. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

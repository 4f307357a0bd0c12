/** Why an address cannot be an endpoint, as the last part of an error's code, with words for people. */
export interface UrlFault {
  readonly reason: 'invalid' | 'not_https' | 'credentials' | 'port' | 'too_long';
  readonly detail: string;
}

export const MAX_URL_LENGTH = 2048;

const LOWEST_OPEN_PORT = 1024;

/**
 * Reads the address of an endpoint as browsers do (WHATWG URL), so that numbers in odd notations (`0x7f.1`, `2130706433`) become the
 * addresses that they stand for before anybody looks at them. `privately` allows plain HTTP. Whether the host may be asked at all is another
 * question, which its addresses answer.
 */
export function readEndpointUrl(text: string, privately: boolean): URL | UrlFault {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return { reason: 'invalid', detail: 'The address cannot be read as a URL.' };
  if (url.href.length > MAX_URL_LENGTH)
    return { reason: 'too_long', detail: `The address may have ${MAX_URL_LENGTH} characters at most.` };
  if (url.protocol !== 'https:' && !(privately && url.protocol === 'http:'))
    return { reason: 'not_https', detail: 'The address must begin with https://.' };
  if (url.username !== '' || url.password !== '')
    return {
      reason: 'credentials',
      detail: 'The address must hold no user and no password: the signature proves who sends.',
    };
  if (!isOpenPort(url.port)) return { reason: 'port', detail: 'The port must be the usual one, or 1024 and above.' };
  return url;
}

/** The ports below 1024 are other protocols', whose servers a request could be made to speak to. */
function isOpenPort(port: string): boolean {
  return port === '' || port === '443' || port === '80' || Number(port) >= LOWEST_OPEN_PORT;
}

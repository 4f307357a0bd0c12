import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deviceOf } from './device.js';

describe('deviceOf', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
      'Chrome on macOS',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8.5.0', 'curl'],
    ['node', 'Node.js'],
    ['Something (X11; Linux x86_64)', 'a program on Linux'],
    ['Your account is closed, go to http://evil.example', 'an unknown device'],
    ['', 'an unknown device'],
    [null, 'an unknown device'],
    [undefined, 'an unknown device'],
  ])('calls %j %s', (userAgent, name) => {
    expect(deviceOf(userAgent)).toBe(name);
  });

  it('says nothing but its own words, whatever a client calls itself, and takes no time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.constantFrom('', ' Firefox/1', ' (Windows) '), (text, known) => {
        expect(deviceOf(`${text}${known}${text}`)).toMatch(/^[A-Za-z. ]{1,40}$/);
      }),
    );
    const begun = performance.now();
    deviceOf(`${'Version/1 '.repeat(30)}${'x'.repeat(300)}`);
    expect(performance.now() - begun).toBeLessThan(50);
  });
});

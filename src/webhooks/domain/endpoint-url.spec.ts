import { describe, expect, it } from '@jest/globals';
import { readEndpointUrl } from './endpoint-url.js';

const read = (text: string, privately = false): string => {
  const url = readEndpointUrl(text, privately);
  return url instanceof URL ? url.href : url.reason;
};

describe('readEndpointUrl', () => {
  it.each([
    ['https://hooks.example.com/a?b=c', 'https://hooks.example.com/a?b=c'],
    ['HTTPS://Hooks.Example.com', 'https://hooks.example.com/'],
    ['https://hooks.example.com:443/', 'https://hooks.example.com/'],
    ['https://hooks.example.com:1024/', 'https://hooks.example.com:1024/'],
    ['https://hooks.example.com:65535/', 'https://hooks.example.com:65535/'],
    ['https://hooks.example.com:1023/', 'port'],
    ['https://hooks.example.com:25/', 'port'],
    ['https://hooks.example.com:0/', 'port'],
    ['https://hooks.example.com:65536/', 'invalid'],
    ['http://hooks.example.com/', 'not_https'],
    ['ftp://hooks.example.com/', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['javascript:alert(1)', 'not_https'],
    ['https://user@hooks.example.com/', 'credentials'],
    ['https://:password@hooks.example.com/', 'credentials'],
    ['https://hooks.example.com@127.0.0.1/', 'credentials'],
    [`https://hooks.example.com/${'a'.repeat(2048)}`, 'too_long'],
    ['https://', 'invalid'],
    ['//hooks.example.com', 'invalid'],
    ['hooks.example.com', 'invalid'],
    ['https://hooks example.com/', 'invalid'],
    ['https://256.256.256.256/', 'invalid'],
    ['https://[fe80::1%25eth0]/', 'invalid'],
  ])('%s: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('takes plain HTTP where private addresses are allowed, and nothing else more', () => {
    expect(read('http://127.0.0.1:8080/x', true)).toBe('http://127.0.0.1:8080/x');
    expect(read('http://user@127.0.0.1/', true)).toBe('credentials');
    expect(read('ftp://127.0.0.1/', true)).toBe('not_https');
  });
});

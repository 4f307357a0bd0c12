import { describe, expect, it } from '@jest/globals';
import { smtpFailure } from './smtp-failure.js';

const failure = (fields: object) => smtpFailure(Object.assign(new Error('it failed'), fields));

describe('smtpFailure', () => {
  it.each([
    ['a recipient that is refused', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }],
    ['a failed login', { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }],
    ['a mail that is refused as a whole', { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }],
    ['an address that is none', { code: 'EENVELOPE', command: 'API' }],
    ['missing credentials', { code: 'EAUTH', command: 'API' }],
  ])('%s is final', (_, fields) => {
    expect(failure(fields).permanent).toBe(true);
  });

  it.each([
    ['a server that is away', { code: 'ESOCKET', errno: -111, syscall: 'connect', command: 'CONN' }],
    ['a name that is not found now', { code: 'EDNS', command: 'CONN' }],
    ['silence', { code: 'ETIMEDOUT', command: 'CONN' }],
    ['a greylisted recipient', { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' }],
    ['a server that shuts down', { code: 'ECONNECTION', responseCode: 421, command: 'CONN' }],
    ['a login that cannot be checked now', { code: 'EAUTH', responseCode: 454, command: 'AUTH PLAIN' }],
    ['a session out of step', { code: 'EENVELOPE', responseCode: 503, command: 'MAIL FROM' }],
    ['our own deadline', { code: 'EABORT', name: 'AbortError' }],
    ['anything unknown', {}],
  ])('%s is tried again', (_, fields) => {
    expect(failure(fields).permanent).toBe(false);
  });

  it('keeps what the server said out of the code and the message, which are logged', () => {
    const response = '550 5.1.1 <ada@example.com>: no such\u0000 user';
    const { code, message, detail } = failure({ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO', response });
    expect(code).toBe('EENVELOPE 550 RCPT TO');
    expect(message).toBe('The mail was not taken (EENVELOPE 550 RCPT TO)');
    expect(detail).toBe('550 5.1.1 <ada@example.com>: no such  user');
    expect(failure({ response: 'x'.repeat(9999) }).detail).toHaveLength(500);
    expect(smtpFailure('a string').detail).toBe('a string');
  });
});

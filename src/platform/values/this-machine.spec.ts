import { describe, expect, it } from '@jest/globals';
import { isThisMachine } from './this-machine.js';

describe('isThisMachine', () => {
  it.each(['localhost', 'LOCALHOST', 'mail.localhost', '127.0.0.1', '127.255.0.9', '[::1]', '::1'])(
    'knows %s',
    (host) => {
      expect(isThisMachine(host)).toBe(true);
    },
  );

  it.each(['mail.example.com', 'localhost.example.com', '10.0.0.1', '0.0.0.0', '[2001:db8::1]', '128.0.0.1', ''])(
    'does not take %j for it',
    (host) => {
      expect(isThisMachine(host)).toBe(false);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId, type UserId } from '../../platform/ids/index.js';
import { userHandleOf, userOfHandle } from './user-handle.js';

describe('user handles', () => {
  it('name their account and no other', () => {
    const id = newId<UserId>();
    const handle = userHandleOf(id);
    expect(handle).toHaveLength(16);
    expect(userOfHandle(Buffer.from(handle).toString('base64url'))).toBe(id);
  });

  it('are sixteen bytes and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const found = userOfHandle(Buffer.from(bytes).toString('base64url'));
        expect(found === undefined).toBe(bytes.length !== 16);
      }),
    );
    expect(userOfHandle('')).toBeUndefined();
  });
});

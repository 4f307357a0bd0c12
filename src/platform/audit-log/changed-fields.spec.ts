import { describe, expect, it } from '@jest/globals';
import { changedFields, redactFields } from './changed-fields.js';

describe('changedFields', () => {
  it('gives both sides of what differs, and nothing else', () => {
    const before = { roles: ['customer'], disabled: false, version: 3, madeAt: new Date(0) };
    expect(changedFields(before, { ...before, roles: ['staff'], version: 4 })).toEqual({
      before: { roles: ['customer'], version: 3 },
      after: { roles: ['staff'], version: 4 },
    });
    expect(changedFields(before, { ...before, madeAt: new Date(0) })).toBeUndefined();
  });

  it('names secrets and personal data without showing them', () => {
    const changes = changedFields(
      { email: 'grace@example.com', passwordHash: 'a', phone: null },
      { email: 'ada@example.com', passwordHash: 'b', phone: '+44' },
    );
    expect(changes).toEqual({
      before: { email: '[hidden]', passwordHash: '[hidden]', phone: null },
      after: { email: '[hidden]', passwordHash: '[hidden]', phone: '[hidden]' },
    });
  });
});

describe('redactFields', () => {
  it('looks into what is nested, and shows what is said to be harmless', () => {
    const fields = {
      name: 'support',
      amount: 12n,
      at: new Date(0),
      to: { name: 'Grace', lines: [{ token: 'x', n: 1 }] },
    };
    expect(redactFields(fields)).toEqual({
      name: '[hidden]',
      amount: 12,
      at: '1970-01-01T00:00:00.000Z',
      to: { name: '[hidden]', lines: [{ token: '[hidden]', n: 1 }] },
    });
    expect(redactFields({ name: 'support', secret: 'x' }, ['name'])).toEqual({ name: 'support', secret: '[hidden]' });
  });
});

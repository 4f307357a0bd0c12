import { describe, expect, it } from '@jest/globals';
import { archiveOf } from './archive.js';

describe('archiveOf', () => {
  it('writes what each source has, amounts and times among it', () => {
    const data = { orders: [{ total: 1299n, placedAt: new Date(0) }], carts: [] };
    const text = archiveOf({ exportedAt: new Date(0), userId: 'u', email: null, data });
    expect(JSON.parse(text)).toEqual({
      format: 'backroom-personal-data/1',
      exportedAt: '1970-01-01T00:00:00.000Z',
      person: { userId: 'u', email: null },
      data: { orders: [{ total: 1299, placedAt: '1970-01-01T00:00:00.000Z' }], carts: [] },
    });
  });
});

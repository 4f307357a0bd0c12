import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { newCapability, newId } from './ids.js';

describe('newCapability', () => {
  it('gives 128 bits that were never given before, and that share no part with those beside them', () => {
    const all = Array.from({ length: 1_000 }, () => newCapability());
    for (const one of all) expect(one).toMatch(/^[\w-]{22}$/);
    // Halves, too: bytes that were used twice would show in them.
    const halves = all.flatMap((one) => {
      const bytes = Buffer.from(one, 'base64url');
      return [bytes.toString('hex', 0, 8), bytes.toString('hex', 8)];
    });
    expect(new Set(halves).size).toBe(2_000);
  });
});

describe('newId', () => {
  it('gives UUIDs of version 7, each greater than those before it and none like another', () => {
    const began = Date.now();
    const all = Array.from({ length: 5_000 }, () => newId());
    for (const id of all) expect([validate(id), version(id)]).toEqual([true, 7]);
    expect(all).toEqual([...all].sort());
    expect(new Set(all.map((id) => id.slice(-10))).size).toBe(5_000);
    const madeAt = all.map((id) => parseInt(id.replace('-', '').slice(0, 12), 16));
    expect(Math.min(...madeAt)).toBeGreaterThanOrEqual(began);
    expect(Math.max(...madeAt)).toBeLessThanOrEqual(Date.now());
  });
});

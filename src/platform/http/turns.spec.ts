import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from './turns.js';

const begun = (turns: Turns, count: number): number[] => {
  const order: number[] = [];
  for (let n = 1; n <= count; n++) turns.take(() => order.push(n));
  return order;
};

describe('Turns', () => {
  it('begins four in a turn of the event loop, and the others in the turns after it, in their order', async () => {
    const order = begun(new Turns(() => true), 10);
    expect(order).toEqual([1, 2, 3, 4]);
    await nextTurn();
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await nextTurn();
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('begins more while all only read, and none of those that wait before their turn', async () => {
    let writes = true;
    const turns = new Turns(() => writes);
    const order = begun(turns, 18);
    writes = false;
    turns.take(() => order.push(19));
    expect(order).toEqual([1, 2, 3, 4]);
    await nextTurn();
    expect(order).toHaveLength(4 + 8);
    await nextTurn();
    expect(order).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  });

  it('lets nobody pass who comes later', async () => {
    const turns = new Turns(() => true);
    const order = begun(turns, 6);
    await nextTurn();
    turns.take(() => order.push(7));
    turns.take(() => order.push(8));
    turns.take(() => order.push(9));
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await nextTurn();
    expect(order.at(-1)).toBe(9);
  });

  it('begins at once again when the loop has come round', async () => {
    const turns = new Turns(() => true);
    begun(turns, 4);
    await nextTurn();
    await nextTurn();
    expect(begun(turns, 4)).toEqual([1, 2, 3, 4]);
  });

  it('tells how long the next one has waited', async () => {
    const turns = new Turns(() => true);
    expect(turns.delayMs).toBe(0);
    begun(turns, 5);
    const end = performance.now() + 20;
    while (performance.now() < end);
    expect(turns.delayMs).toBeGreaterThanOrEqual(19);
    await nextTurn();
    expect(turns.delayMs).toBe(0);
  });
});

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Members, type Member } from './members.js';

const newMember = (): Member => ({ place: -1 });

it('holds whom a Set would hold, whatever comes and goes', () => {
  const deed = fc.record({ who: fc.nat(9), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const people = Array.from({ length: 10 }, newMember);
      const members = new Members();
      const expected = new Set<Member>();
      for (const { who, comes } of deeds) {
        const member = people[who] ?? newMember();
        if (comes) {
          members.add(member);
          expected.add(member);
        } else {
          members.delete(member);
          expected.delete(member);
        }
        const all = members.all();
        expect([members.size, all.length]).toEqual([expected.size, expected.size]);
        expect(all.every((one) => expected.has(one))).toBe(true);
      }
    }),
  );
});

it('lets members leave while it is gone through', () => {
  const members = new Members();
  for (let count = 0; count < 5; count++) members.add(newMember());
  for (const member of members.all()) members.delete(member);
  expect(members.size).toBe(0);
});

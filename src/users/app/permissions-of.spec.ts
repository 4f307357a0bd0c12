import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALL_PERMISSIONS, isPermission } from '../../platform/access/index.js';
import { BUILT_IN_ROLES, isWithin, permissionsOf } from './permissions-of.js';

const permissions = fc.subarray(ALL_PERMISSIONS);

describe('permissionsOf', () => {
  it('gives an administrator everything, whatever the database has stored', () => {
    expect(permissionsOf(['customer', 'admin'], [])).toEqual(ALL_PERMISSIONS);
  });

  it('gives a customer nothing', () => {
    expect(permissionsOf(['customer'], BUILT_IN_ROLES['customer'] ?? [])).toEqual([]);
  });

  it('passes over what this release does not know', () => {
    expect(permissionsOf(['old'], ['ships:sink', 'orders:read', 'constructor'])).toEqual(['orders:read']);
  });

  it('gives exactly the known ones of the stored, once each', () => {
    fc.assert(
      fc.property(permissions, fc.array(fc.string()), (known, noise) => {
        const got = permissionsOf(['any'], [...noise, ...known, ...known]);
        expect(new Set(got).size).toBe(got.length);
        expect(new Set(got)).toEqual(new Set([...known, ...noise.filter(isPermission)]));
      }),
    );
  });
});

describe('isWithin', () => {
  it('lets nobody hand out more than they have', () => {
    fc.assert(
      fc.property(permissions, permissions, (wanted, own) => {
        expect(isWithin(wanted, new Set(own))).toBe(wanted.filter((one) => !own.includes(one)).length === 0);
      }),
    );
  });
});

describe('the built-in roles', () => {
  it('leave money and accounts to administrators', () => {
    expect(BUILT_IN_ROLES['staff']?.filter((name) => /^(users|roles|payments):/.test(name))).toEqual([]);
    expect(BUILT_IN_ROLES['staff']).toContain('orders:write');
  });
});

import { describe, expect, test } from 'vitest';
import { calls } from '../../../common/contract/index.ts';
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES, type Permission, type Role } from '../../../common/permissions.ts';

/** By value: a right that moves from one role to another must be moved here as well, in sight of a reader. */
const EXPECTED: Record<Permission, readonly Role[]> = {
  'payments.take': ['owner', 'manager', 'lead', 'clerk'],
  'payments.see': ['owner', 'manager', 'lead', 'clerk', 'accountant', 'auditor'],
  'payments.resolve': ['owner', 'manager'],
  'payments.allocate': ['owner', 'manager', 'lead', 'clerk'],
  'refunds.make': ['owner', 'manager', 'lead'],
  'refunds.approve': ['owner', 'manager'],
  'customers.see': ['owner', 'manager', 'lead', 'clerk', 'accountant', 'auditor'],
  'customers.edit': ['owner', 'manager', 'lead', 'clerk'],
  'invoices.edit': ['owner', 'manager', 'lead', 'clerk'],
  'reports.see': ['owner', 'manager', 'lead', 'accountant', 'auditor'],
  'reports.export': ['owner', 'manager', 'lead', 'accountant', 'auditor'],
  'sync.see': ['owner', 'manager', 'lead', 'clerk', 'accountant', 'auditor'],
  'settings.manage': ['owner', 'manager'],
  'people.manage': ['owner', 'manager'],
  'keys.manage': ['owner'],
  'ledger.verify': ['owner', 'manager', 'accountant', 'auditor'],
  'copies.manage': ['owner', 'manager'],
  'training.steer': ['owner', 'manager', 'lead'],
};

describe('permissions', () => {
  test.each(PERMISSIONS)('%s belongs to the roles that the table names, and to no other', permission => {
    expect(ROLES.filter(role => ROLE_PERMISSIONS[role].includes(permission))).toEqual(EXPECTED[permission]);
  });

  test('no role names a right twice or one that does not exist', () => {
    for (const role of ROLES) {
      expect(new Set(ROLE_PERMISSIONS[role]).size).toBe(ROLE_PERMISSIONS[role].length);
      expect(ROLE_PERMISSIONS[role].every(permission => PERMISSIONS.includes(permission))).toBe(true);
    }
  });

  test('who only reads can neither take money nor change anything', () => {
    for (const role of ['accountant', 'auditor'] as const) {
      expect(ROLE_PERMISSIONS[role]).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(
            /payments\.take|payments\.allocate|refunds|customers\.edit|invoices\.edit|settings\.manage|training/,
          ),
        ]),
      );
    }
  });

  test('every right guards at least one call', () => {
    const used = new Set(Object.values(calls).map(call => call.may));
    expect(PERMISSIONS.filter(permission => !used.has(permission))).toEqual([]);
  });
});

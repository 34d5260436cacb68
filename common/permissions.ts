/** What a person may do. Every line of the contract names one of these, or why it needs none. */
export const PERMISSIONS = [
  'payments.take',
  'payments.see',
  'payments.resolve',
  'payments.allocate',
  'refunds.make',
  'refunds.approve',
  'customers.see',
  'customers.edit',
  'invoices.edit',
  'reports.see',
  'reports.export',
  'sync.see',
  'settings.manage',
  'people.manage',
  'keys.manage',
  'ledger.verify',
  'copies.manage',
  'training.steer',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/**
 * Who may call: `anyone` works before sign-in, `not_locked` does as well and stops where somebody's desk is locked,
 * `signed_in` needs a person but works while the desk is locked, `desk_open` needs an unlocked desk and no special right;
 * everything else is a permission.
 */
export type May = 'anyone' | 'not_locked' | 'signed_in' | 'desk_open' | Permission;

export const ROLES = ['owner', 'manager', 'lead', 'clerk', 'accountant', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const CLERK: Permission[] = [
  ...(['payments.take', 'payments.see', 'payments.allocate'] as const),
  ...(['customers.see', 'customers.edit', 'invoices.edit', 'sync.see'] as const),
];
const READER: Permission[] = ['payments.see', 'customers.see', 'reports.see', 'reports.export', 'sync.see'];

export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  owner: PERMISSIONS,
  // Only an owner can change what opens the ledger; see also who may change whom in main/staff/people.ts.
  manager: PERMISSIONS.filter(permission => permission !== 'keys.manage'),
  lead: [...CLERK, 'refunds.make', 'reports.see', 'reports.export', 'training.steer'],
  clerk: CLERK,
  accountant: [...READER, 'ledger.verify'],
  auditor: [...READER, 'ledger.verify'],
};

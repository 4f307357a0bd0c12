/** Every permission there is, with what it opens. Roles are made of these. */
export const PERMISSIONS = {
  'catalog:write': 'Create, change, import and export products and categories; see drafts and archived products',
  'inventory:read': 'See stock and its ledger',
  'inventory:write': 'Change stock',
  'orders:read': "See and search everyone's orders",
  'orders:write': 'Cancel and fulfil orders, decide on returns, write notes',
  'payments:read': 'See payments, the ledger and the reconciliation report',
  'payments:capture': 'Take money that was authorised',
  'payments:refund': 'Give money back',
  'deliveries:read': 'See mails and webhook deliveries',
  'deliveries:write': 'Send mails and webhook deliveries again',
  'webhooks:read': 'See webhook subscriptions',
  'webhooks:write': 'Make, change and delete webhook subscriptions',
  'users:read': 'List and see accounts',
  'users:write': "Invite people, change accounts' roles, disable them, end their sessions",
  'privacy:write': 'Export and erase what is held on a person',
  'audit:read': 'See and export the audit log',
  'roles:write': 'See, make and change roles',
} as const;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

export function isPermission(value: string): value is Permission {
  return Object.hasOwn(PERMISSIONS, value);
}

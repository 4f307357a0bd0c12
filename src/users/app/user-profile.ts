import type { Permission } from '../../platform/access/index.js';
import type { UserId } from '../../platform/ids/index.js';

/** An account as its owner and the staff see it. */
export interface UserProfile {
  readonly id: UserId;
  readonly email: string;
  /** Whether its owner has shown to read mails at the address. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
  readonly disabled: boolean;
  /** Whether the person's data were erased; such an account stays disabled. */
  readonly erased: boolean;
  readonly version: number;
  readonly createdAt: Date;
}

/** What a sign-in is checked against. */
export interface Credentials {
  readonly userId: UserId;
  readonly passwordHash: string;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  /** Null where another way to sign in is to come. */
  readonly passwordHash: string | null;
}

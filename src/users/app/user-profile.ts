import type { Permission } from '../../platform/access/index.js';
import type { UserId } from '../../platform/ids/index.js';

/** An account as its owner and the staff see it. */
export interface UserProfile {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
  readonly disabled: boolean;
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
  readonly passwordHash: string;
}

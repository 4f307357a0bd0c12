import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../support/api-client.js';

/** Somebody who asks. */
export interface Caller {
  readonly name: string;
  /** The user's id; undefined for nobody. */
  readonly userId: string | undefined;
  readonly email: string;
  readonly password: string;
  /** What is sent as `Authorization: Bearer`; undefined for nobody. */
  readonly bearer: string | undefined;
  readonly permissions: ReadonlySet<string>;
  readonly client: ApiClient;
  /** Whether the bearer is an API key: a program, where the others are people. */
  readonly isKey: boolean;
  /** Whether what is sent as a bearer is no longer, or never was, good. */
  readonly rejected: boolean;
}

/** What all test accounts sign in with. */
export const PASSWORD = 'correct horse battery staple';

export function newEmail(name: string): string {
  return `${name.replaceAll(/\W+/g, '-')}-${randomUUID().slice(0, 8)}@example.com`;
}

import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { Config } from '../../platform/config/index.js';
import { Db } from '../../platform/database/index.js';
import { StartNotes } from '../../platform/start-notes.js';
import { UsersFacade } from '../../users/index.js';
import { isCommonPassword } from '../passwords/common-passwords.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { normalizePassword } from '../passwords/password-rules.js';

const DEFAULT_EMAIL = 'admin@backroom.local';
/** No letter or digit that looks like another: 31 signs. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/**
 * Makes the administrator of a shop that has none, from ADMIN_EMAIL and ADMIN_PASSWORD or with a random password. That
 * password is told once, by whoever prints the notes of this start, and kept nowhere.
 */
@Injectable()
export class FirstAdministrator implements OnApplicationBootstrap {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly hasher: PasswordHasher,
    @Inject(Config) private readonly config: Pick<Config, 'adminEmail' | 'adminPassword'>,
    private readonly notes: StartNotes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (await this.users.hasAdministrator()) return;
    const email = this.config.adminEmail ?? DEFAULT_EMAIL;
    const given = this.config.adminPassword;
    const password = given ?? readablePassword();
    const passwordHash = await this.hasher.hash(password);
    const made = await this.db.transaction((tx) =>
      this.users.createFirstAdministrator(tx, { email, name: 'Administrator', passwordHash }),
    );
    // Undefined: another process that starts at the same time was faster, and tells its own.
    if (!made) return;
    if (given === undefined) this.notes.add(`Administrator (shown this once): ${email}  password: ${password}`);
    else if (await isCommonPassword(normalizePassword(given).toLowerCase()))
      this.notes.add('ADMIN_PASSWORD is one of the passwords that are tried first: change it.');
  }
}

/** Sixteen signs in four groups: 79 random bits that can be typed. */
function readablePassword(): string {
  const sign = () => READABLE[randomInt(READABLE.length)];
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, sign).join('')).join('-');
}

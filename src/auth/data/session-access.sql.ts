import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { permissionsOf, USER_ACCESS } from '../../users/index.js';
import type { AccessClaims } from '../tokens/access-token.js';

/** Measured hot path: this runs for every request with a token, so it is one statement, prepared by name. */
const FIND = `
select access.roles, access.permissions, session.second_factor
  from session
  join ${USER_ACCESS} access on access.user_id = session.user_id
 where session.id = $1 and session.user_id = $2
   and session.revoked_at is null and session.expires_at > $3
   and not access.disabled`;

interface AccessRow {
  roles: string[];
  permissions: string[];
  second_factor: boolean;
}

/** Asks whether a session stands and what its user may do now: a sign-out or a change of roles counts at once. */
@Injectable()
export class SessionAccess {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async find(claims: AccessClaims): Promise<SignedIn | undefined> {
    const values = [claims.sessionId, claims.userId, this.clock.now()];
    const [row] = await this.db.sql<AccessRow & Record<string, unknown>>('auth.session_access', FIND, values);
    if (!row) return undefined;
    const { userId, sessionId } = claims;
    const permissions = permissionsOf(row.roles, row.permissions);
    const lacks = this.config.staffSecondFactor === 'required' && !row.second_factor && permissions.length > 0;
    return {
      kind: 'user',
      userId,
      via: { kind: 'session', sessionId, ...(lacks ? { lacksSecondFactor: true } : {}) },
      permissions: new Set(lacks ? [] : permissions),
    };
  }
}

import type { Caller } from './callers.js';
import type { Operation } from './document.js';
import type { Row } from './row.js';
import type { World } from './world.js';

export type Expected = 401 | 403 | 404 | 'past';

/**
 * What a request about something of the owner's is answered, by what the operation declares and by nothing else: for
 * what is one's own (`authenticated`), each caller is the owner of theirs.
 */
export function expectedOf({ demand, more, takesKeys }: Operation, row: Row, caller: Caller): Expected {
  if (caller.rejected) return demand.kind === 'public' && demand.ignoresBearer ? 'past' : 401;
  const nobody = caller.userId === undefined;
  switch (demand.kind) {
    case 'public':
      return 'past';
    case 'authenticated':
      return nobody ? 401 : caller.isKey && !takesKeys ? 403 : 'past';
    case 'permission':
      return nobody ? 401 : caller.permissions.has(demand.permission) ? 'past' : 403;
    case 'capability':
      return row.idAlone || caller.name === 'owner' || more.some((one) => caller.permissions.has(one)) ? 'past' : 404;
  }
}

/** Who tries the operation: everybody who could be answered differently. */
export function callersOf(world: World, { demand, more }: Operation): Caller[] {
  const permissions = [...(demand.kind === 'permission' ? [demand.permission] : []), ...more];
  const callers = [
    ...['nobody', 'stranger', 'owner', 'staff', 'admin'].map((name) => world.caller(name)),
    ...permissions.flatMap((one) => [
      world.holderOf(one),
      world.lackerOf(one),
      world.keyFor(one),
      world.keyForAllBut(one),
    ]),
    world.caller('key whose owner lost their permissions'),
    world.caller('key for orders:read'),
    ...world.rejected,
  ];
  return [...new Set(callers)];
}

/** Whose thing the caller asks for where the answer should be yes: the owner's where others may be let in, else their own. */
export function holderFor(world: World, { demand }: Operation, caller: Caller): Caller {
  if (demand.kind === 'capability' || caller.rejected) return world.caller('owner');
  return caller;
}

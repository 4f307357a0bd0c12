import { ALL_PERMISSIONS } from '../../src/platform/access/index.js';
import { withDatabase } from '../support/shop-fixture.js';
import type { Caller } from './callers.js';
import type { World } from './world.js';

interface NewKey {
  readonly id: string;
  readonly key: string;
}

/** A key as its owner makes it. */
export async function newKey(owner: Caller, permissions: readonly string[]): Promise<NewKey> {
  const body = { name: 'A program', permissions, password: owner.password };
  return (await owner.client.post<NewKey>('/v1/api-keys', body, { expect: 201 })).json;
}

/** Programs that come with an API key: for each permission one with it alone, and one with all others. */
export async function programs(world: World): Promise<Caller[]> {
  const owner = await world.signedIn('owner of keys', ALL_PERMISSIONS, 'admin');
  const wanted = ALL_PERMISSIONS.flatMap((one) => [
    { name: `key for ${one}`, permissions: [one] },
    { name: `key for all but ${one}`, permissions: ALL_PERMISSIONS.filter((other) => other !== one) },
  ]);
  const made = await Promise.all(
    wanted.map(async ({ name, permissions }) =>
      program(world, owner, name, permissions, await newKey(owner, permissions)),
    ),
  );
  return [...made, await outlived(world)];
}

/** A key for everything, whose owner may do nothing any more. */
async function outlived(world: World): Promise<Caller> {
  const owner = await world.signedIn('former administrator', ALL_PERMISSIONS, 'admin');
  const made = await newKey(owner, ALL_PERMISSIONS);
  await withDatabase(world.shop, (client) =>
    client.query(`delete from user_role where user_id = $1 and role_name = 'admin'`, [owner.userId]),
  );
  return program(world, owner, 'key whose owner lost their permissions', [], made);
}

function program(world: World, owner: Caller, name: string, permissions: readonly string[], { key }: NewKey): Caller {
  return {
    ...{ name, userId: owner.userId, email: owner.email, password: owner.password, bearer: key },
    ...{ permissions: new Set(permissions), isKey: true, rejected: false, client: world.shop.guest.as(key) },
  };
}

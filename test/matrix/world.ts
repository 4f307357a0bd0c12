import { hash } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { ALL_PERMISSIONS } from '../../src/platform/access/index.js';
import { BUILT_IN_ROLES } from '../../src/users/app/permissions-of.js';
import { place, tokenOf, type SentOrder } from '../support/after-sales.js';
import type { ApiClient } from '../support/api-client.js';
import { eventually, makeCart, makeVariant, withDatabase } from '../support/shop-fixture.js';
import { ADMIN, startTestApp, type TestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { newEmail, PASSWORD, type Caller } from './callers.js';
import { programs } from './programs.js';
import { rejectedCallers } from './rejected-callers.js';

interface Made {
  readonly id: string;
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A shop with everybody who might ask it for something, and the means to make what they ask for. */
export class World {
  private readonly named = new Map<string, Caller>();
  private passwordHash = '';
  /** One of everything that staff administer and that no request of the matrix uses up. */
  readonly standing = { variantId: '', deliveryId: '', mailId: '', webhookId: '', importId: '' };

  private constructor(
    readonly shop: TestApp,
    readonly receiver: WebhookReceiver,
  ) {}

  static async begin(env: Record<string, string> = {}): Promise<World> {
    const receiver = await new WebhookReceiver().start();
    const world = new World(await startTestApp({ WEBHOOKS_ALLOW_PRIVATE: 'true', ...env }), receiver);
    world.passwordHash = await hash(PASSWORD);
    await world.people();
    await world.things();
    return world;
  }

  async end(): Promise<void> {
    await this.shop.close();
    await this.receiver.stop();
  }

  caller(name: string): Caller {
    const found = this.named.get(name);
    if (!found) throw new Error(`Nobody is called ${name}`);
    return found;
  }

  get admin(): ApiClient {
    return this.caller('admin').client;
  }

  get rejected(): Caller[] {
    return [...this.named.values()].filter(({ rejected }) => rejected);
  }

  /** Holds this permission and no other. */
  holderOf(permission: string): Caller {
    return this.caller(`only ${permission}`);
  }

  /** Holds every permission but this one. */
  lackerOf(permission: string): Caller {
    return this.caller(`all but ${permission}`);
  }

  /** A program with a key for this permission and no other, made by an administrator. */
  keyFor(permission: string): Caller {
    return this.caller(`key for ${permission}`);
  }

  keyForAllBut(permission: string): Caller {
    return this.caller(`key for all but ${permission}`);
  }

  /** A new account that nobody has signed in to. */
  async account(name = 'someone', roles: readonly string[] = ['customer']): Promise<{ id: string; email: string }> {
    const email = newEmail(name);
    const id = randomUUID();
    await withDatabase(this.shop, async (client) => {
      await client.query(
        `insert into "user" (id, email, name, password_hash, email_verified_at, created_at, updated_at)
         values ($1, $2, $3, $4, now(), now(), now())`,
        [id, email, `The ${name}`, this.passwordHash],
      );
      for (const role of roles)
        await client.query('insert into user_role (user_id, role_name) values ($1, $2)', [id, role]);
    });
    return { id, email };
  }

  /** A new account that is signed in. */
  async signedIn(name: string, permissions: readonly string[], role?: string): Promise<Caller> {
    const account = await this.account(name, ['customer', ...(role === undefined ? [] : [role])]);
    const bearer = await this.signIn(account.email);
    return {
      ...{ name, userId: account.id, email: account.email, password: PASSWORD, bearer, isKey: false, rejected: false },
      permissions: new Set(permissions),
      client: this.shop.guest.as(bearer),
    };
  }

  /** The access token of one more session. */
  async signIn(email: string, password: string = PASSWORD): Promise<string> {
    return (await this.session(email, password)).accessToken;
  }

  /** One more session, the owner's unless it says otherwise. */
  async session(email = this.caller('owner').email, password: string = PASSWORD): Promise<Tokens> {
    return (await this.shop.guest.post<Tokens>('/v1/auth/login', { email, password }, { expect: 200 })).json;
  }

  async role(permissions: readonly string[]): Promise<string> {
    const name = `r-${randomUUID()}`.slice(0, 30);
    await withDatabase(this.shop, (client) =>
      client.query('insert into role (name, permissions, created_at) values ($1, $2, now())', [name, permissions]),
    );
    return name;
  }

  async cart(holder: Caller): Promise<{ id: string; itemId: string }> {
    const { variantId } = this.standing;
    const cart = await makeCart(holder.client, [{ variantId, quantity: 1 }]);
    return { id: cart.id, itemId: cart.items[0]?.id ?? '' };
  }

  async order(holder: Caller, token?: string): Promise<SentOrder> {
    const { variantId } = this.standing;
    return place(this.shop, [{ variantId, quantity: 2 }], {
      client: holder.client,
      ...(token === undefined ? {} : { token }),
    });
  }

  async sentOrder(holder: Caller): Promise<SentOrder> {
    const { id, accessToken } = await this.order(holder);
    const { json } = await this.admin.post<SentOrder>(`/v1/orders/${id}/fulfilments`, {}, { expect: 201 });
    return { ...json, ...(accessToken === undefined ? {} : { accessToken }) };
  }

  /** An order with a return that nobody has decided on, or that was approved. */
  async returnedOrder(holder: Caller, approved = false): Promise<{ order: SentOrder; returnId: string }> {
    const order = await this.sentOrder(holder);
    const items = [{ itemId: order.items[0]?.id, quantity: 1 }];
    const { json } = await this.admin.post<SentOrder>(`/v1/orders/${order.id}/returns`, { items }, { expect: 201 });
    const returnId = json.returns[0]?.id ?? '';
    if (approved) await this.admin.post(`/v1/orders/${order.id}/returns/${returnId}/approve`, {}, { expect: 200 });
    return { order, returnId };
  }

  /** What lets `holder` at an order: nothing but who they are, or the guest's token. */
  keyTo(holder: Caller, order: SentOrder): Record<string, string> {
    return holder.userId === undefined ? tokenOf(order) : {};
  }

  /** Something that an administrator makes by the API. */
  async made(path: string, body: object): Promise<string> {
    return (await this.admin.post<Made>(path, body, { expect: 201 })).json.id;
  }

  /** A key that nobody knows the secret of. */
  async insertKey(userId: string, permissions: readonly string[]): Promise<string> {
    const id = randomUUID();
    const prefix = id.replaceAll('-', '').slice(0, 12);
    await withDatabase(this.shop, (client) =>
      client.query(
        `insert into api_key (id, prefix, hash, name, user_id, permissions, created_at)
         values ($1, $2, sha256($3::bytea), 'Till', $4, $5, now())`,
        [id, prefix, prefix, userId, permissions],
      ),
    );
    return id;
  }

  product(): Promise<string> {
    return this.made('/v1/products', { title: `Mug ${randomUUID()}`, status: 'active' });
  }

  async variant(): Promise<string> {
    return (await makeVariant(this.shop, { stock: 50 })).variantId;
  }

  location(): Promise<string> {
    return this.made('/v1/locations', { code: `l-${randomUUID().slice(0, 8)}`, name: 'Leeds' });
  }

  webhook(): Promise<string> {
    return this.made('/v1/webhooks', { url: this.receiver.url(), eventTypes: ['orders.cancelled'], disabled: true });
  }

  private async people(): Promise<void> {
    const nobody = { userId: undefined, email: '', password: '', bearer: undefined, isKey: false, rejected: false };
    this.named.set('nobody', { name: 'nobody', ...nobody, permissions: new Set(), client: this.shop.guest });
    const bearer = await this.signIn(ADMIN.email, ADMIN.password);
    const { json } = await this.shop.guest.as(bearer).get<Made>('/v1/users/me', { expect: 200 });
    this.named.set('admin', {
      ...{ name: 'admin', userId: json.id, ...ADMIN, bearer, isKey: false, rejected: false },
      permissions: new Set(ALL_PERMISSIONS),
      client: this.shop.guest.as(bearer),
    });
    const wanted = [
      { name: 'owner', permissions: [] },
      { name: 'stranger', permissions: [] },
      { name: 'staff', permissions: BUILT_IN_ROLES['staff'] ?? [], role: 'staff' },
      ...(await Promise.all(
        ALL_PERMISSIONS.flatMap((one) => [
          { name: `only ${one}`, permissions: [one] },
          { name: `all but ${one}`, permissions: ALL_PERMISSIONS.filter((other) => other !== one) },
        ]).map(async (person) => ({ ...person, role: await this.role(person.permissions) })),
      )),
    ];
    const people = await Promise.all(
      wanted.map((person) =>
        this.signedIn(person.name, person.permissions, 'role' in person ? person.role : undefined),
      ),
    );
    for (const person of people) this.named.set(person.name, person);
    for (const one of [...(await programs(this)), ...(await rejectedCallers(this))]) this.named.set(one.name, one);
  }

  private async things(): Promise<void> {
    const { variantId } = await makeVariant(this.shop, { stock: 1_000_000, price: 1000 });
    this.standing.variantId = variantId;
    this.standing.webhookId = await this.made('/v1/webhooks', {
      url: this.receiver.url(),
      eventTypes: ['orders.paid'],
    });
    await this.order(this.caller('owner'));
    this.standing.deliveryId = await this.first(`/v1/webhooks/${this.standing.webhookId}/deliveries`);
    this.standing.mailId = await this.first('/v1/mails');
    const csv = await this.admin.post<Made>('/v1/catalog/imports?format=shopify', 'Handle,Title\nmug,Mug\n', {
      headers: { 'content-type': 'text/csv' },
      expect: 202,
    });
    this.standing.importId = csv.json.id;
  }

  /** The id of the first item of a list, once there is one. */
  private async first(path: string): Promise<string> {
    const { items } = await eventually(
      async () => (await this.admin.get<{ items: Made[] }>(path, { expect: 200 })).json,
      (page) => page.items.length > 0,
    );
    return items[0]?.id ?? '';
  }
}

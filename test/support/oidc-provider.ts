import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './server-process.js';

export const CLIENT = { id: 'shop', secret: 'a secret of this test that is long enough' };

/** Whom the provider says is there. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** A real OpenID Connect provider (oidc-provider), in a process of its own. */
export class TestOidcProvider {
  private constructor(
    private readonly child: ChildProcess,
    readonly issuer: string,
  ) {}

  static async start(redirectUris: readonly string[]): Promise<TestOidcProvider> {
    const child = fork(join(ROOT, 'test/support/oidc-server.mjs'), [CLIENT.id, CLIENT.secret, ...redirectUris], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env['PATH'] ?? '' },
      execArgv: [],
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new TestOidcProvider(child, `http://127.0.0.1:${port}`);
  }

  /** From now on this person is there, or nobody, which is answered with an error. */
  async seat(account: Person | undefined): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send({ account });
    await done;
  }

  /** What a browser does that is sent to `url`: follows, with cookies, until it is sent back to the shop. */
  async visit(url: string): Promise<string> {
    const cookies = new Map<string, string>();
    let next = url;
    for (let hops = 0; hops < 10; hops++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(next, { redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      const location = response.headers.get('location');
      if (location === null)
        throw new Error(`The provider sends nobody on: ${response.status} ${await response.text()}`);
      next = new URL(location, next).href;
      if (!next.startsWith(this.issuer)) return next;
    }
    throw new Error('The provider sends people in circles.');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }
}

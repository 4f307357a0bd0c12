import jwt from 'jsonwebtoken';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';

/** How the next ID token differs from one that is as it should be. */
export interface Untruth {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly by?: 'another key' | 'nobody';
}

/** An OpenID Connect provider that gives the ID tokens that it is told to give, which an honest one would not. */
export class UntrueProvider {
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  private idToken = '';

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    private readonly clientId: string,
  ) {}

  static async start(clientId: string): Promise<UntrueProvider> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const provider = new UntrueProvider(server, `http://127.0.0.1:${port}`, clientId);
    server.on('request', (request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(provider.answer(request.url ?? '')));
    });
    return provider;
  }

  /** What it publishes of itself under an address that is not the issuer which it names. */
  get alias(): string {
    return `${this.issuer}/alias`;
  }

  /** The address to which a browser would be sent back that was sent to `url`. */
  sendBack(url: string, { claims, by }: Untruth): string {
    const asked = new URL(url).searchParams;
    const now = Math.floor(Date.now() / 1000);
    const told = {
      iss: this.issuer,
      aud: this.clientId,
      sub: 'grace',
      nonce: asked.get('nonce'),
      iat: now,
      exp: now + 60,
    };
    this.idToken = this.signed({ ...told, email: 'grace@example.com', email_verified: true, ...claims }, by);
    return `${asked.get('redirect_uri')}?code=code&state=${asked.get('state')}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private signed(claims: object, by: Untruth['by']): string {
    if (by === 'nobody') return jwt.sign(claims, null, { algorithm: 'none' });
    const key: KeyObject = by === 'another key' ? this.otherKey : this.keys.privateKey;
    return jwt.sign(claims, key, { algorithm: 'RS256', keyid: 'one' });
  }

  private answer(path: string): object {
    if (path.endsWith('/.well-known/openid-configuration'))
      return {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      };
    if (path === '/keys')
      return { keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }] };
    return { access_token: 'a token', token_type: 'Bearer', id_token: this.idToken };
  }
}

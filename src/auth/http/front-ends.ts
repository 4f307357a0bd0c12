import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { CrossSiteError } from '../auth.errors.js';

/** The header by which a page of the shop says what it is: no form can send it, and no other site's script may (Fetch, 3.3). */
export const CLIENT_HEADER = 'x-backroom-client';
const WEB = 'web';

/**
 * The pages that may sign in by cookie: those of CORS_ORIGINS, PUBLIC_URL and STOREFRONT_URL. A browser sends a cookie whoever asks for the request, so
 * whoever asks must say who they are, in a header that only they can send.
 */
@Injectable()
export class FrontEnds {
  private readonly origins: ReadonlySet<string>;

  constructor(config: Config) {
    this.origins = new Set(config.frontEndOrigins);
  }

  /** Whether the request comes from a page that signs in by cookie, and therefore without a token in its body. */
  isWeb(request: FastifyRequest): boolean {
    return request.headers[CLIENT_HEADER] !== undefined;
  }

  /** @throws CrossSiteError `auth.cross_site` (403) unless one of the shop's own pages asks */
  requireOwn({ headers }: FastifyRequest): void {
    if (headers[CLIENT_HEADER] !== WEB || !this.isOwn(headers.origin)) throw new CrossSiteError();
  }

  /**
   * Refuses other sites' pages that would sign somebody in by cookie: their account, in our visitor's browser.
   * @throws CrossSiteError `auth.cross_site` (403)
   */
  refuseForeignCookie({ body, headers }: FastifyRequest): void {
    const asks = body !== null && typeof body === 'object' && (body as { cookie?: unknown }).cookie === true;
    if (asks && headers.origin !== undefined && !this.isOwn(headers.origin)) throw new CrossSiteError();
  }

  private isOwn(origin: string | undefined): boolean {
    return origin !== undefined && this.origins.has(origin);
  }
}

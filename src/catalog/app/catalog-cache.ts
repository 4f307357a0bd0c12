import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { JsonText } from '../../platform/http/index.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { CachedReads, CatalogNews } from '../../platform/reads/index.js';

/** The longest that an answer may be behind the database, whatever happens. */
const MAX_AGE_MS = 1_000;

interface CachedAnswer {
  readonly answer: JsonText;
  readonly variantIds: readonly string[];
}

/** What kind of answer it is: only that of a product tells how many units there are. */
type Kind = 'product' | 'list' | 'categories';

/**
 * Keeps the answers that guests get of the catalogue for a moment, and forgets them when something changes. A request with any
 * credentials goes past it, and so do carts and orders, which never read through here.
 */
@Injectable()
export class CatalogCache {
  private readonly reads: CachedReads<CachedAnswer> | undefined;

  constructor(config: Config, news: CatalogNews, metrics: Metrics) {
    if (config.catalogCacheBytes === 0) return;
    const reads = new CachedReads<CachedAnswer>({
      maxBytes: config.catalogCacheBytes,
      maxAgeMs: MAX_AGE_MS,
      bytesOf: ({ answer, variantIds }) => (answer.text.length + variantIds.length * 40) * 2,
      subjectsOf: ({ variantIds }) => variantIds,
    });
    news.listen({
      catalogChanged: () => reads.forgetAll(),
      stockChanged: (variantIds) => reads.forget(variantIds),
    });
    metrics.watchReads(reads);
    this.reads = reads;
  }

  /**
   * The answer to a request whose caller has been checked.
   * @param query what the answer depends on, in one form however it was asked
   * @throws whatever `load` throws
   */
  async answer(
    { actor, headers }: { readonly actor: Actor; readonly headers: FastifyRequest['headers'] },
    kind: Kind,
    query: unknown,
    load: () => Promise<JsonText>,
  ): Promise<JsonText> {
    if (!this.reads || actor.kind !== 'guest' || headers.authorization !== undefined) return load();
    const key = `${kind} ${JSON.stringify(query)}`;
    const cached = await this.reads.read(key, async () => {
      const answer = await load();
      return { answer, variantIds: kind === 'product' ? variantsOf(answer) : [] };
    });
    return cached.answer;
  }
}

function variantsOf({ text }: JsonText): string[] {
  return (JSON.parse(text) as { variants: { id: string }[] }).variants.map(({ id }) => id);
}

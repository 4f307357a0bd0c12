import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { JsonText } from '../../platform/http/index.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { CachedReads, CatalogNews } from '../../platform/reads/index.js';

/** The longest that an answer may be behind the database, whoever changed what. */
const MAX_AGE_MS = 1_000;

const BEYOND_LATIN_1 = /[\u0100-\uffff]/;
/** With its place in an array. */
const BYTES_OF_ID = 64;

interface CachedAnswer {
  readonly answer: JsonText;
  readonly variantIds: readonly string[];
}

/** What kind of answer it is: only that of a product tells how many units there are. */
type Kind = 'product' | 'list' | 'categories';

/**
 * Keeps the answers that guests get of the catalogue, and forgets them when something changes. A request with any
 * credentials goes past it, and so do carts and orders, which never read through here.
 */
@Injectable()
export class CatalogCache {
  private readonly reads: CachedReads<CachedAnswer> | undefined;

  constructor(
    config: Config,
    private readonly news: CatalogNews,
    metrics: Metrics,
  ) {
    if (config.catalogCacheBytes === 0) return;
    const reads = new CachedReads<CachedAnswer>({
      maxBytes: config.catalogCacheBytes,
      maxAgeMs: MAX_AGE_MS,
      bytesOf: ({ answer, variantIds }) => bytesOf(answer.text) + variantIds.length * BYTES_OF_ID,
      subjectsOf: ({ variantIds }) => variantIds,
    });
    news.listen({
      catalogChanged: () => reads.forgetAll(),
      stockChanged: (variantIds) => reads.forget(variantIds),
      confirmed: (at) => reads.confirm(at),
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
    this.news.asked = true;
    const key = `${kind} ${JSON.stringify(query)}`;
    const cached = await this.reads.read(key, async () => {
      const answer = await load();
      return { answer, variantIds: kind === 'product' ? variantsOf(answer) : [] };
    });
    return cached.answer;
  }
}

/** V8 keeps a text in one byte a letter where all of them are of Latin-1, and else in two. */
function bytesOf(text: string): number {
  return BEYOND_LATIN_1.test(text) ? text.length * 2 : text.length;
}

function variantsOf({ text }: JsonText): string[] {
  return (JSON.parse(text) as { variants: { id: string }[] }).variants.map(({ id }) => id);
}

export { BoundedCache } from './bounded-cache.js';
export { CachedReads } from './cached-reads.js';
export { CatalogNews, type CatalogNewsListener } from './catalog-news.js';

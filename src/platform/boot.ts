import type { Logger } from 'pino';
import type { Config } from './config/index.js';

/** What the process has found out before there is an application. */
export interface Boot {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Whether the database is the embedded one, which may be filled with the demonstration catalogue. */
  readonly embedded: boolean;
  /** Whether this process runs jobs; true but for tools and some tests. */
  readonly work?: boolean;
  /** Resolves when requests are taken: jobs begin then, instead of taking time from the start. */
  readonly listening?: Promise<void>;
}

/** Injection token of `Boot`. */
export const BOOT = Symbol('boot');

import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { readCertificate, warningsOf, type Certificate, type CertificateFiles } from './certificate.js';

/** Two files are written one after the other: what happens within this time is one change. */
const SETTLE_MS = 500;
/** Looks anyway, since not every file system tells of changes. */
const LOOK_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;

export interface WatchOptions {
  readonly files: CertificateFiles;
  /** What is in use. */
  readonly current: Certificate;
  readonly logger: Logger;
  /** Takes a pair that was checked into use. */
  readonly use: (certificate: Certificate) => void;
  readonly now: () => Date;
}

/** Takes a new certificate into use when its files change. A pair that is not right is told once, and the old one stays. */
export class CertificateWatch {
  private readonly watchers: FSWatcher[] = [];
  private readonly timer: NodeJS.Timeout;
  private settling: NodeJS.Timeout | undefined;
  private current: Certificate;
  private lastFault = '';
  private warnedAt: number;

  constructor(private readonly options: WatchOptions) {
    this.current = options.current;
    this.warnedAt = this.warn();
    // The folders, as renewals replace files and links, in which a watch on the file itself would end.
    for (const folder of new Set([dirname(options.files.certFile), dirname(options.files.keyFile)])) this.watch(folder);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    clearTimeout(this.settling);
    for (const watcher of this.watchers) watcher.close();
  }

  private watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.lookSoon());
      watcher.on('error', (error) =>
        this.options.logger.warn({ err: error }, 'a folder of the certificate is not watched'),
      );
      this.watchers.push(watcher);
    } catch (error) {
      this.options.logger.warn(
        { err: error },
        'a folder of the certificate cannot be watched; it is looked at every minute',
      );
    }
  }

  private lookSoon(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.look(), SETTLE_MS).unref();
  }

  private look(): void {
    const { files, logger, use } = this.options;
    try {
      const found = readCertificate(files);
      const changed = found.cert !== this.current.cert || found.key !== this.current.key;
      if (changed) {
        use(found);
        this.current = found;
        logger.info({ validTo: found.leaf.validTo }, 'a new certificate is in use');
      }
      this.lastFault = '';
      if (changed || this.options.now().getTime() - this.warnedAt >= DAY_MS) this.warnedAt = this.warn();
    } catch (error) {
      const fault = (error as Error).message;
      if (fault !== this.lastFault) logger.error({ fault }, 'the new certificate is not used; the old one stays');
      this.lastFault = fault;
    }
  }

  /** @returns when it was, in milliseconds */
  private warn(): number {
    const now = this.options.now();
    for (const warning of warningsOf(this.current, now)) this.options.logger.warn(warning);
    return now.getTime();
  }
}

import type { Logger } from 'pino';

/** Tells once that the store of limits is away, and once that it is back, however many requests find out. */
export class StoreWatch {
  private away = false;

  constructor(private readonly logger: Logger) {}

  failed(error: unknown): void {
    if (this.away) return;
    this.away = true;
    this.logger.error(
      { err: error },
      'limits cannot be counted with other processes: each counts by itself, and nobody can sign in',
    );
  }

  answered(): void {
    if (!this.away) return;
    this.away = false;
    this.logger.info('limits are counted with other processes again');
  }
}

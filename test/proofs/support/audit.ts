import { setTimeout as sleep } from 'node:timers/promises';
import { breaches } from '../../support/shop-fixture.js';

/** Every rule of money, stock and news that the database breaks, as rows. */
export function auditBreaches(databaseUrl: string): Promise<unknown[]> {
  return breaches({ databaseUrl });
}

/** Looks again and again until nothing is breached; answers after how many milliseconds. @throws Error with the breaches when the time is over. */
export async function auditCleanWithin(databaseUrl: string, timeoutMs: number): Promise<number> {
  const started = Date.now();
  for (;;) {
    const found = await auditBreaches(databaseUrl);
    if (found.length === 0) return Date.now() - started;
    if (Date.now() - started > timeoutMs)
      throw new Error(
        `After ${timeoutMs} ms the audit still finds ${found.length} breaches: ${JSON.stringify(found.slice(0, 10))}`,
      );
    await sleep(200);
  }
}

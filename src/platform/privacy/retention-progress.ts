import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../database/index.js';
import { Clock } from '../time/index.js';

/** The smallest UUID. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/** Deals with the next rows after an id, at most a batch of them. */
export type RetentionStep = (tx: Tx, after: string) => Promise<{ readonly rows: number; readonly last: string | null }>;

/**
 * Goes through a table in the order of its ids, which grow with time, and remembers how far it came: each row is looked at once, however
 * large the table, and a process that dies goes on where it was.
 */
@Injectable()
export class RetentionProgress {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** Repeats the step until it finds nothing more; each in a transaction of its own. Gives the rows that were dealt with. */
  async walk(name: string, step: RetentionStep): Promise<number> {
    let total = 0;
    for (;;) {
      const { rows, last } = await this.db.transaction((tx) => this.step(tx, name, step));
      total += rows;
      if (last === null) return total;
    }
  }

  private async step(tx: Tx, name: string, step: RetentionStep): ReturnType<RetentionStep> {
    const now = this.clock.now();
    await tx.retentionProgress.createMany({
      data: [{ name, position: BEGINNING, updatedAt: now }],
      skipDuplicates: true,
    });
    // Two processes at once would only do the same twice: the second waits, and goes on from there.
    const [mark] = await tx.$queryRaw<{ position: string }[]>`
      select position from retention_progress where name = ${name} for update`;
    const outcome = await step(tx, mark?.position ?? BEGINNING);
    if (outcome.last !== null)
      await tx.retentionProgress.update({ where: { name }, data: { position: outcome.last, updatedAt: now } });
    return outcome;
  }
}

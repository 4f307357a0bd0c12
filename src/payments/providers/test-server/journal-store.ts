import type {
  ChargeMove,
  ChargeWithRefunds,
  NewCharge,
  RecordedCharge,
  RecordedRefund,
  RecordedStatus,
  TestStore,
} from '../test-store.js';
import { Book, type Entry } from './book.js';
import { Journal } from './journal.js';

/** Something that happened to a charge or a refund, once it is on the disk. */
export type Change =
  | { readonly kind: 'charge'; readonly key: string; readonly status: RecordedStatus; readonly at: Date }
  | { readonly kind: 'refund'; readonly key: string; readonly status: 'succeeded'; readonly at: Date };

/**
 * The memory of the simulated provider where it is a server of its own: in the process, and in a journal that is replayed at start.
 * Decisions are made in one go, so that they need no locks; every answer waits until what it rests on is on the disk.
 */
export class JournalStore implements TestStore {
  private constructor(
    private readonly book: Book,
    private readonly journal: Journal,
    private readonly changed: (change: Change) => void,
  ) {}

  /** @param changed is told what has happened, once it is on the disk, and nothing of what is replayed */
  static async open(path: string, changed: (change: Change) => void): Promise<JournalStore> {
    const book = new Book();
    const journal = await Journal.open(path, (entry) => book.apply(entry as Entry));
    return new JournalStore(book, journal, changed);
  }

  find(key: string): Promise<RecordedCharge | null> {
    return this.durable(this.book.charge(key));
  }

  async record({ key, status, amount, fee, currency, token, capture }: NewCharge): Promise<RecordedCharge> {
    const before = this.book.charge(key);
    if (before) return this.durable(before);
    const money = { amount: Number(amount), fee: Number(fee), currency };
    return this.write({ entry: 'charge', key, status, ...money, token, capture, at: new Date().toISOString() });
  }

  async move(key: string, { from, to, fee }: ChargeMove): Promise<RecordedCharge | null> {
    const charge = this.book.charge(key);
    if (!charge || !from.includes(charge.status) || charge.refunded > 0n) return this.durable(charge);
    const kept = fee === undefined ? {} : { fee: Number(fee) };
    return this.write({ entry: 'move', key, status: to, ...kept, at: new Date().toISOString() });
  }

  async refund({ key, chargeKey, money }: Parameters<TestStore['refund']>[0]): Promise<boolean> {
    const charge = this.book.charge(chargeKey);
    const known = this.book.refund(key) !== null;
    const allowed =
      charge?.status === 'captured' &&
      charge.currency === money.currency &&
      money.amount > 0n &&
      charge.refunded + money.amount <= charge.amount;
    if (known || !allowed) return this.durable(known);
    const amount = Number(money.amount);
    await this.write({ entry: 'refund', key, chargeKey, amount, at: new Date().toISOString() });
    return true;
  }

  findRefund(key: string): Promise<RecordedRefund | null> {
    return this.durable(this.book.refund(key));
  }

  async *list(from: Date, to: Date): AsyncGenerator<ChargeWithRefunds> {
    const found = this.book.all().filter(({ createdAt }) => createdAt >= from && createdAt < to);
    const all = found.map((charge) => ({ charge, refunds: this.book.refundsOf(charge.key) }));
    yield* await this.durable(all);
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  /** What was read may be in memory only for a moment more. */
  private async durable<T>(read: T): Promise<T> {
    await this.journal.settled();
    return read;
  }

  private async write(entry: Entry): Promise<RecordedCharge> {
    const charge = this.book.apply(entry);
    await this.journal.append(entry);
    const { key } = entry;
    const at = new Date(entry.at);
    this.changed(
      entry.entry === 'refund'
        ? { kind: 'refund', key, status: 'succeeded', at }
        : { kind: 'charge', key, status: entry.status, at },
    );
    return charge;
  }
}

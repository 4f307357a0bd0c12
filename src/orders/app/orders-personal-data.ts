import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import {
  PersonalData,
  type DataSubject,
  type Erased,
  type OpenMatter,
  type Person,
  type PersonalDataSource,
} from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersPersonalDataRepository } from '../data/orders-personal-data.repository.js';

const BATCH = 200;

/**
 * Orders, their parcels, returns and timelines. What was agreed, the amounts and the country stay for good; the billing address of an order
 * that was paid stays for as long as the law wants its invoice kept (GDPR, Article 17(3)(b)), and everything else of a person goes.
 */
@Injectable()
export class OrdersPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'orders';

  constructor(
    private readonly registry: PersonalData,
    private readonly stored: OrdersPersonalDataRepository,
    private readonly db: Db,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  orderIdsOf(reader: Reader, person: Person): Promise<string[]> {
    return this.stored.findIds(reader, person);
  }

  openMatters(reader: Reader, { orderIds }: DataSubject): Promise<OpenMatter[]> {
    return this.stored.findOpen(reader, orderIds);
  }

  export(reader: Reader, { orderIds }: DataSubject): Promise<unknown> {
    return this.stored.read(reader, orderIds);
  }

  /** `later` where an order was placed in the very moment: it is erased when it has come to its end. */
  async erase(tx: Tx, { orderIds }: DataSubject): Promise<Erased> {
    await this.stored.erase(tx, orderIds, this.booksFrom(), this.clock.now());
    const open = await this.stored.findOpen(tx, orderIds);
    return open.length === 0 ? 'done' : 'later';
  }

  async forgetOld(): Promise<number> {
    let total = 0;
    for (;;) {
      const ids = await this.stored.findOld(this.booksFrom(), BATCH);
      if (ids.length === 0) return total;
      await this.db.transaction((tx) => this.stored.erase(tx, ids, this.booksFrom(), this.clock.now()));
      total += ids.length;
      if (ids.length < BATCH) return total;
    }
  }

  private booksFrom(): Date {
    return new Date(this.clock.now().getTime() - this.config.retention.ordersMs);
  }
}

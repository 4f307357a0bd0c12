import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Reader, Tx } from '../../platform/database/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { WebhooksPersonalDataRepository } from '../data/webhooks-personal-data.repository.js';

const BATCH = 500;

/** What subscribers were told of a person's orders. The deliveries themselves are forgotten after 30 days. */
@Injectable()
export class WebhooksPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'webhook-deliveries';

  constructor(
    private readonly registry: PersonalData,
    private readonly stored: WebhooksPersonalDataRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  export(reader: Reader, { orderIds }: DataSubject): Promise<unknown> {
    return this.stored.read(reader, orderIds);
  }

  async erase(tx: Tx, { orderIds }: DataSubject): Promise<Erased> {
    return (await this.stored.erase(tx, orderIds)) ? 'later' : 'done';
  }

  async forgetOld(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.config.retention.eventsMs);
    let total = 0;
    for (;;) {
      const rows = await this.stored.eraseOld(before, BATCH);
      total += rows;
      if (rows < BATCH) return total;
    }
  }
}

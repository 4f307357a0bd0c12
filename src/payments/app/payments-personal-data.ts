import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from '../../platform/privacy/index.js';
import { PaymentsPersonalDataRepository } from '../data/payments-personal-data.repository.js';

/** Payments and refunds of a person's orders. */
@Injectable()
export class PaymentsPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'payments';

  constructor(
    private readonly registry: PersonalData,
    private readonly stored: PaymentsPersonalDataRepository,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  export(reader: Reader, { orderIds }: DataSubject): Promise<unknown> {
    return this.stored.read(reader, orderIds);
  }

  /** What is under way belongs to an open order, which says so itself. */
  async erase(tx: Tx, { orderIds }: DataSubject): Promise<Erased> {
    await this.stored.erase(tx, orderIds);
    return 'done';
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from '../../platform/privacy/index.js';
import { CartPersonalDataRepository } from '../data/cart-personal-data.repository.js';

/** The carts of an account. */
@Injectable()
export class CartPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'carts';

  constructor(
    private readonly registry: PersonalData,
    private readonly stored: CartPersonalDataRepository,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async export(reader: Reader, { userId }: DataSubject): Promise<unknown> {
    return userId === null ? [] : this.stored.read(reader, userId);
  }

  async erase(tx: Tx, { userId }: DataSubject): Promise<Erased> {
    if (userId !== null) await this.stored.erase(tx, userId);
    return 'done';
  }
}

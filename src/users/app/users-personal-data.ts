import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersPersonalDataRepository } from '../data/users-personal-data.repository.js';

/** The account itself, its addresses and its roles. */
@Injectable()
export class UsersPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'account';

  constructor(
    private readonly registry: PersonalData,
    private readonly stored: UsersPersonalDataRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async export(reader: Reader, { userId }: DataSubject): Promise<unknown> {
    return userId === null ? null : this.stored.read(reader, userId);
  }

  async erase(tx: Tx, { userId }: DataSubject): Promise<Erased> {
    if (userId !== null) await this.stored.erase(tx, userId, this.clock.now());
    return 'done';
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Reader, Tx } from '../../platform/database/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { AuthPersonalDataRepository } from '../data/auth-personal-data.repository.js';

const BATCH = 1_000;

/** How an account is signed in to, and from where. */
@Injectable()
export class AuthPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'sign-in';

  constructor(
    private readonly registry: PersonalData,
    private readonly stored: AuthPersonalDataRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async export(reader: Reader, { userId }: DataSubject): Promise<unknown> {
    return userId === null ? null : this.stored.read(reader, userId);
  }

  async erase(tx: Tx, { userId }: DataSubject): Promise<Erased> {
    if (userId !== null) await this.stored.erase(tx, userId);
    return 'done';
  }

  /** What has ended or run out is swept by the hour; this is for sessions that go on. */
  async forgetOld(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.config.retention.addressesMs);
    let total = 0;
    let rows: number;
    do {
      rows = await this.stored.forgetOrigins(before, BATCH);
      total += rows;
    } while (rows >= BATCH);
    return total;
  }
}

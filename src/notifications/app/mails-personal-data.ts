import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import type { Reader, Tx } from '../../platform/database/index.js';
import {
  PersonalData,
  RetentionProgress,
  type DataSubject,
  type Erased,
  type PersonalDataSource,
} from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { MailsPersonalDataRepository } from '../data/mails-personal-data.repository.js';
import { withoutTokens } from '../domain/without-tokens.js';

const BATCH = 500;

/** The mails that are kept: whom they went to, and what they said. */
@Injectable()
export class MailsPersonalData implements PersonalDataSource, OnModuleInit {
  readonly name = 'mails';

  constructor(
    private readonly registry: PersonalData,
    private readonly progress: RetentionProgress,
    private readonly stored: MailsPersonalDataRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Without the keys to orders and accounts in their links. */
  async export(reader: Reader, subject: DataSubject): Promise<unknown> {
    const mails = await this.stored.read(reader, subjectIds(subject));
    return mails.map(({ html: _html, text, ...mail }) => ({ ...mail, text: withoutTokens(text) }));
  }

  /** A mail on its way is let go there first: the last of them tells of the erasure. */
  async erase(tx: Tx, subject: DataSubject): Promise<Erased> {
    return (await this.stored.erase(tx, subjectIds(subject), this.clock.now())) ? 'later' : 'done';
  }

  forgetOld(): Promise<number> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - this.config.retention.mailsMs);
    return this.progress.walk(this.name, (tx, after) => this.stored.eraseOld(tx, after, before, BATCH, now));
  }
}

function subjectIds({ userId, orderIds }: DataSubject): string[] {
  return userId === null ? [...orderIds] : [userId, ...orderIds];
}

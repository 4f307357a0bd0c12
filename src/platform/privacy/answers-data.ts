import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Prisma, type Reader, type Tx } from '../database/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from './personal-data.js';

/** The answers that are kept under idempotency keys: whole orders among them, those that staff were given, too. */
@Injectable()
export class AnswersData implements PersonalDataSource, OnModuleInit {
  readonly name = 'kept-answers';

  constructor(private readonly registry: PersonalData) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Only that they are there: what stands in them stands in the archive already, as it is now. */
  async export(reader: Reader, subject: DataSubject): Promise<unknown> {
    return reader.$queryRaw`
      select scope, status, created_at as "createdAt", expires_at as "expiresAt" from idempotency_record
      where ${concerned(subject)} order by created_at`;
  }

  /** The keys stay bound until their time is over, or a repeated request would do its work again. */
  async erase(tx: Tx, subject: DataSubject): Promise<Erased> {
    await tx.$executeRaw`
      update idempotency_record set body = '', headers = null where ${concerned(subject)} and status is not null and body <> ''`;
    const [left] = await tx.$queryRaw<{ left: boolean }[]>`
      select exists (select from idempotency_record where ${concerned(subject)} and body is distinct from '') as "left"`;
    return left?.left ? 'later' : 'done';
  }
}

/** Under keys of theirs, or telling of an order of theirs. Answers are kept for two days, so there are never very many to look through. */
function concerned({ userId, orderIds }: DataSubject) {
  const scopes = [...(userId === null ? [] : [`user:${userId}`]), ...orderIds.map((id) => `order:${id}`)];
  return Prisma.sql`(scope = any(${scopes}) or resource_id = any(${[...orderIds]}::uuid[])
    or exists (select from unnest(${[...orderIds]}::text[]) as id where position(id in body) > 0))`;
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/index.js';
import type { Reader, Tx } from '../database/index.js';
import { firstIdAt } from '../ids/index.js';
import { Clock } from '../time/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from './personal-data.js';
import { RetentionProgress } from './retention-progress.js';

const BATCH = 1_000;

/** From where somebody did what stands in the audit log. That it was done stays. */
@Injectable()
export class AuditData implements PersonalDataSource, OnModuleInit {
  readonly name = 'audit-log';

  constructor(
    private readonly registry: PersonalData,
    private readonly progress: RetentionProgress,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** What they did, and what was done to their account; the addresses of others are no data of theirs. */
  async export(reader: Reader, { userId }: DataSubject): Promise<unknown> {
    if (userId === null) return [];
    const rows = await reader.auditEntry.findMany({
      where: { OR: [{ actorId: userId }, { subjectType: 'user', subjectId: userId }] },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id: _id, actorId, apiKeyId: _key, address, userAgent, requestId: _request, ...entry }) =>
      actorId === userId ? { ...entry, by: 'you', address, userAgent } : { ...entry, by: 'somebody else' },
    );
  }

  async erase(tx: Tx, { userId }: DataSubject): Promise<Erased> {
    if (userId !== null)
      await tx.$executeRaw`
        update audit_entry set address = null, user_agent = null
        where (address is not null or user_agent is not null)
          and (actor_id = ${userId}::uuid or (subject_type = 'user' and subject_id = ${userId} and actor_kind = 'guest'))`;
    return 'done';
  }

  async forgetOld(): Promise<number> {
    const until = firstIdAt(new Date(this.clock.now().getTime() - this.config.retention.addressesMs));
    return this.progress.walk(this.name, async (tx, after) => {
      const rows = await tx.$queryRaw<{ id: string }[]>`
        select id from audit_entry where id > ${after}::uuid and id < ${until}::uuid order by id limit ${BATCH}`;
      const count = await tx.$executeRaw`
        update audit_entry set address = null, user_agent = null
        where id = any(${rows.map(({ id }) => id)}::uuid[]) and (address is not null or user_agent is not null)`;
      return { rows: count, last: rows.at(-1)?.id ?? null };
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import { firstIdAt } from '../../platform/ids/index.js';

export interface KeptMail {
  readonly kind: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly status: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

/** What is left of a mail: that there was one, and what became of it. A server's words on why it refused may name the address. */
const EMPTIED = Prisma.sql`recipient = 'erased@erased.invalid', subject = '', text = '', html = '', last_error = split_part(last_error, ':', 1)`;

/** What the mails that are kept hold on persons. */
@Injectable()
export class MailsPersonalDataRepository {
  /** @param subjectIds what the events were about that the mails were made of */
  read(reader: Reader, subjectIds: readonly string[]): Promise<KeptMail[]> {
    return reader.$queryRaw<KeptMail[]>`
      select m.kind, m.recipient, m.subject, m.text, m.html, m.status::text as status, m.created_at as "createdAt", m.sent_at as "sentAt"
      from mail_delivery m join outbox_event e on e.id = m.event_id
      where e.subject_id = any(${[...subjectIds]}) and m.erased_at is null order by m.id`;
  }

  /** Whether one is on its way still. */
  async erase(tx: Tx, subjectIds: readonly string[], now: Date): Promise<boolean> {
    await tx.$executeRaw`
      update mail_delivery m set ${EMPTIED}, erased_at = ${now} from outbox_event e
      where e.id = m.event_id and e.subject_id = any(${[...subjectIds]}) and m.status <> 'queued' and m.erased_at is null`;
    const [left] = await tx.$queryRaw<{ left: boolean }[]>`
      select exists (select from mail_delivery m join outbox_event e on e.id = m.event_id
        where e.subject_id = any(${[...subjectIds]}) and m.erased_at is null) as "left"`;
    return left?.left ?? false;
  }

  /** The next mails after an id, up to the first that waits still. */
  async eraseOld(tx: Tx, after: string, before: Date, limit: number, now: Date) {
    const rows = await tx.$queryRaw<{ id: string; waiting: boolean }[]>`
      select id, status = 'queued' as waiting from mail_delivery
      where id > ${after}::uuid and id < ${firstIdAt(before)}::uuid order by id limit ${limit}`;
    const waiting = rows.findIndex((row) => row.waiting);
    const done = waiting === -1 ? rows : rows.slice(0, waiting);
    const count = await tx.$executeRaw`
      update mail_delivery set ${EMPTIED}, erased_at = ${now}
      where id = any(${done.map(({ id }) => id)}::uuid[]) and erased_at is null`;
    return { rows: count, last: done.at(-1)?.id ?? null };
  }
}

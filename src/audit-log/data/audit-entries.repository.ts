import { Injectable } from '@nestjs/common';
import { Db, type Prisma } from '../../platform/database/index.js';
import type { AuditEntry, AuditFilter } from '../domain/audit-entry.js';

/** Reads the audit log. */
@Injectable()
export class AuditEntriesRepository {
  constructor(private readonly db: Db) {}

  /** Newest first, those older than the entry `before`. */
  findPage(filter: AuditFilter, take: number, before: string | undefined): Promise<AuditEntry[]> {
    return this.db.prisma.auditEntry.findMany({
      where: { ...toWhere(filter), ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take,
    });
  }
}

function toWhere({ actorId, action, subjectType, subjectId, from, to }: AuditFilter): Prisma.AuditEntryWhereInput {
  return {
    ...(actorId === undefined ? {} : { actorId }),
    ...(action === undefined ? {} : { action }),
    ...(subjectType === undefined ? {} : { subjectType }),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(from || to ? { at: { ...(from && { gte: from }), ...(to && { lt: to }) } } : {}),
  };
}

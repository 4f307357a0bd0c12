import { Module } from '@nestjs/common';
import { ExportAuditLog } from './app/export-audit-log.service.js';
import { AuditEntriesRepository } from './data/audit-entries.repository.js';
import { AuditLogController } from './http/audit-log.controller.js';

/** The audit log as staff read it. It is written by everyone, through platform/audit-log. */
@Module({ controllers: [AuditLogController], providers: [AuditEntriesRepository, ExportAuditLog] })
export class AuditLogModule {}

import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { LimitsModule } from '../platform/limits/index.js';
import { UsersModule } from '../users/index.js';
import { ErasePerson } from './app/erase-person.service.js';
import { ExportData } from './app/export-data.service.js';
import { RetentionJob } from './app/retention.job.js';
import { Subjects } from './app/subjects.service.js';
import { OwnDataController } from './http/own-data.controller.js';
import { PrivacyController } from './http/privacy.controller.js';

/** Export, erasure and retention of personal data, over the sources that the other modules register. */
@Module({
  imports: [AuthModule, LimitsModule, UsersModule],
  controllers: [OwnDataController, PrivacyController],
  providers: [ErasePerson, ExportData, RetentionJob, Subjects],
})
export class PrivacyModule {}

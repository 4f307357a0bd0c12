import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiLimit, JsonText } from '../../platform/http/index.js';
import type { Limit } from '../../platform/limits/index.js';
import { PersonalDataResponse } from './privacy.dto.js';

/** By the account that asks: an archive is read from everywhere. */
export const EXPORTS: Limit = { name: 'data-export', points: 10, windowSeconds: 3_600 };

/** For routes that give out an archive. */
export const ApiArchive = () =>
  applyDecorators(ApiOkResponse({ type: PersonalDataResponse, description: 'The archive, as a file' }), ApiLimit());

/** An archive as a file of this day, which nobody on its way keeps. */
export function sendArchive(reply: FastifyReply, archive: string, now: Date): JsonText {
  void reply
    .header('content-disposition', `attachment; filename="personal-data-${now.toISOString().slice(0, 10)}.json"`)
    .header('cache-control', 'private, no-store');
  return new JsonText(archive);
}

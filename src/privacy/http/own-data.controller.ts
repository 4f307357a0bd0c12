import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ProofOfPerson, ProofRequest } from '../../auth/index.js';
import { Authenticated, CurrentUser, type SignedIn } from '../../platform/access/index.js';
import { ApiLimit, ApiOperationOf, ApiProblems, type JsonText } from '../../platform/http/index.js';
import { announce, RateLimits, requireWithinLimit } from '../../platform/limits/index.js';
import { Clock } from '../../platform/time/index.js';
import { ErasePerson } from '../app/erase-person.service.js';
import { ExportData } from '../app/export-data.service.js';
import { ApiArchive, EXPORTS, sendArchive } from './archive-answer.js';

@ApiTags('privacy')
@Controller('v1/users/me')
export class OwnDataController {
  constructor(
    private readonly exporting: ExportData,
    private readonly erasing: ErasePerson,
    private readonly proof: ProofOfPerson,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  @Get('data')
  @Authenticated()
  @ApiArchive()
  @ApiOperationOf(
    'exportOwnData',
    'Everything that is held on oneself',
    "As one JSON file, with what was ordered as a guest under the account's address once that is verified. Secrets such as tokens are no part of it.",
  )
  @ApiProblems(400)
  async read(@CurrentUser() user: SignedIn, @Res({ passthrough: true }) reply: FastifyReply): Promise<JsonText> {
    const state = await this.limits.take(EXPORTS, user.userId);
    announce(reply, state);
    requireWithinLimit(state);
    return sendArchive(reply, await this.exporting.ofAccount(user, user.userId), this.clock.now());
  }

  @Post('erasure')
  @HttpCode(204)
  @Authenticated()
  @ApiLimit()
  @ApiOperationOf(
    'eraseOwnAccount',
    'Erase oneself',
    'For good: the account and all that is held on its owner, but for what the law wants kept of paid orders. Asks for the password or a code. Refused while orders are open, and for the last administrator.',
  )
  @ApiNoContentResponse({ description: 'Erased; a last mail says so' })
  @ApiProblems(400, 403, 409, 413, 415, 422, 503)
  async erase(@CurrentUser() user: SignedIn, @Body() body: ProofRequest): Promise<void> {
    await this.proof.require(user, body);
    await this.erasing.account(user, user.userId);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems, type JsonText } from '../../platform/http/index.js';
import { announce, RateLimits, requireWithinLimit } from '../../platform/limits/index.js';
import { Clock } from '../../platform/time/index.js';
import { ErasePerson } from '../app/erase-person.service.js';
import { ExportData } from '../app/export-data.service.js';
import { ApiArchive, EXPORTS, sendArchive } from './archive-answer.js';
import { GuestRequest } from './privacy.dto.js';

const ID = { name: 'id', description: 'The account', example: '0198c5f0-7b7e-7000-8000-000000000001' };

@ApiTags('privacy')
@Controller('v1')
export class PrivacyController {
  constructor(
    private readonly exporting: ExportData,
    private readonly erasing: ErasePerson,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  @Get('users/:id/data')
  @ApiParam(ID)
  @RequirePermission('privacy:write')
  @ApiArchive()
  @ApiOperationOf(
    'exportUserData',
    'Everything that is held on an account',
    "For a person who asks the shop for it. Refused for accounts with permissions beyond one's own.",
  )
  @ApiProblems(400, 404, 422)
  async ofAccount(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    await this.count(user, reply);
    return sendArchive(reply, await this.exporting.ofAccount(user, id), this.clock.now());
  }

  @Post('privacy/exports')
  @HttpCode(200)
  @RequirePermission('privacy:write')
  @ApiArchive()
  @ApiOperationOf(
    'exportGuestData',
    'Everything that is held on a guest',
    'By the address of their orders. Make sure that whoever asks reads mails there.',
  )
  @ApiProblems(400, 413, 415, 422)
  async ofGuest(
    @Body() { email }: GuestRequest,
    @CurrentUser() user: SignedIn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    await this.count(user, reply);
    return sendArchive(reply, await this.exporting.ofGuest(user, email), this.clock.now());
  }

  @Post('users/:id/erasure')
  @HttpCode(204)
  @ApiParam(ID)
  @RequirePermission('privacy:write')
  @ApiOperationOf(
    'eraseUser',
    'Erase an account',
    "For good, as its owner could. Refused while orders are open, for accounts with permissions beyond one's own, and for the last administrator.",
  )
  @ApiNoContentResponse({ description: 'Erased; its owner gets a last mail' })
  @ApiProblems(400, 404, 409, 422)
  async eraseAccount(@Param('id') id: string, @CurrentUser() user: SignedIn): Promise<void> {
    await this.erasing.account(user, id);
  }

  @Post('privacy/erasures')
  @HttpCode(204)
  @RequirePermission('privacy:write')
  @ApiOperationOf(
    'eraseGuest',
    'Erase a guest',
    'What guests ordered under the address; an account with it stays. Refused while orders are open.',
  )
  @ApiNoContentResponse({ description: 'Erased, or nothing was held' })
  @ApiProblems(400, 409, 413, 415, 422)
  async eraseGuest(@Body() { email }: GuestRequest, @CurrentUser() user: SignedIn): Promise<void> {
    await this.erasing.guest(user, email);
  }

  private async count(user: SignedIn, reply: FastifyReply): Promise<void> {
    const state = await this.limits.take(EXPORTS, user.userId);
    announce(reply, state);
    requireWithinLimit(state);
  }
}

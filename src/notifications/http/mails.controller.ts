import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { ApiOperationOf, ApiProblems, JsonText, readIdKey, toPage } from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { ReplayMail } from '../app/replay-mail.service.js';
import { MailReadsRepository } from '../data/mail-reads.repository.js';
import { MailDetailResponse, MailResponse, MailsPageResponse, MailsQuery } from './mail.dto.js';
import { toMailDetail, toMailResponse } from './mails.mapper.js';

const ID = { name: 'id', description: 'The mail', example: '0198c5f0-7b7e-7000-8000-000000000090' };

@ApiTags('mails')
@Controller('v1/mails')
export class MailsController {
  constructor(
    private readonly mails: MailReadsRepository,
    private readonly replays: ReplayMail,
  ) {}

  @Get()
  @RequirePermission('deliveries:read')
  @ApiOperationOf('listMails', 'Mails to customers', 'Newest first, all or those in a state or to an address.')
  @ApiOkResponse({ type: MailsPageResponse, description: 'A page of mails' })
  @ApiProblems(400, 422)
  async list(@Query() query: MailsQuery): Promise<MailsPageResponse> {
    const { status, recipient, limit, cursor } = query;
    const rows = await this.mails.list({ status, recipient, limit, before: readIdKey(cursor) });
    return toPage(rows, limit, ({ id }) => [id], toMailResponse);
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('deliveries:read')
  @ApiOperationOf('getMail', 'A mail', "With what it says; a guest's key to the order is taken out.")
  @ApiOkResponse({ type: MailDetailResponse, description: 'The mail' })
  @ApiProblems(400, 404, 422)
  async read(@Param('id') id: string): Promise<MailDetailResponse> {
    const mail = isUuid(id) ? await this.mails.findById(id) : undefined;
    if (!mail) throw new NotFoundError('mail');
    return toMailDetail(mail);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiParam(ID)
  @RequirePermission('deliveries:write')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'replayMail',
    'Send a mail again',
    'The same message under the same Message-ID, at once. One that was sent or given up has all its tries anew; one that still waits keeps its count.',
  )
  @ApiAcceptedResponse({ type: MailResponse, description: 'The mail, queued' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async replay(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    if (!isUuid(id)) throw new NotFoundError('mail');
    const use = useOfUsersKey(user, key, `POST /v1/mails/${id}/replay`, {});
    const answer = await this.replays.replay(user, id, use, (mail) => JSON.stringify(toMailResponse(mail)));
    return new JsonText(answer.body);
  }
}

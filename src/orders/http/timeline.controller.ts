import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  AlsoOpens,
  Capability,
  CurrentActor,
  CurrentUser,
  RequirePermission,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  decodeCursor,
  IfMatch,
  toPage,
  type ExpectedVersions,
  type JsonText,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { OrderNotesService } from '../app/order-notes.service.js';
import { toTimelineEntryResponse } from './after-sales.mapper.js';
import { OrderDetailResponse } from './order-response.dto.js';
import { ApiOrderToken } from './order-token.decorator.js';
import { orderAnswer } from './orders.requests.js';
import { TimelinePageResponse, TimelineQuery, WriteNoteRequest } from './timeline.dto.js';

@ApiTags('orders')
@Controller('v1/orders/:id')
export class TimelineController {
  constructor(private readonly notes: OrderNotesService) {}

  @Post('notes')
  @HttpCode(201)
  @RequirePermission('orders:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'writeOrderNote',
    'Write a note on an order',
    "An entry of the order's timeline, for staff alone unless it is public. Answers the whole order, which stays as it is.",
  )
  @ApiCreatedResponse({ type: OrderDetailResponse, description: 'The order' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async write(
    @Param('id') id: string,
    @Body() body: WriteNoteRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/orders/${id}/notes`, body);
    const note = { text: body.text, public: body.public ?? false, expected };
    return orderAnswer(await this.notes.write(id, note, user, use), reply);
  }

  @Get('timeline')
  @Capability('order token')
  @AlsoOpens({ 'orders:read': "anyone's order, with what only staff see" })
  @ApiOrderToken()
  @ApiOperationOf(
    'listOrderTimeline',
    'What happened to an order',
    'Newest first, and who did it. Customers and holders of the token see the public entries, and of staff only that it was they; with `orders:read` everything.',
  )
  @ApiOkResponse({ type: TimelinePageResponse, description: 'A page of the timeline' })
  @ApiProblems(400, 422)
  async list(
    @Param('id') id: string,
    @Query() query: TimelineQuery,
    @CurrentActor() actor: Actor,
    @Headers('order-token') token: string | undefined,
  ): Promise<TimelinePageResponse> {
    const before =
      query.cursor === undefined
        ? undefined
        : String(decodeCursor(query.cursor, [(value) => typeof value === 'string' && isUuid(value)])[0]);
    const caller = { actor, token: token ?? query.token };
    const entries = await this.notes.read(id, caller, query.limit + 1, before);
    return toPage(entries, query.limit, (entry) => [entry.id], toTimelineEntryResponse);
  }
}

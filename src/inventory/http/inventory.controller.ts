import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
import { InvalidError, NotFoundError } from '../../platform/errors/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  decodeCursor,
  IfMatch,
  JsonText,
  PageQuery,
  toPage,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { AdjustStockService } from '../app/adjust-stock.service.js';
import { StockRepository } from '../data/stock.repository.js';
import { AdjustStockRequest, StockMovementPageResponse, StockResponse } from './inventory.dto.js';
import { toMovementResponse, toStockResponse } from './inventory.mapper.js';

@ApiTags('inventory')
@Controller('v1/inventory')
export class InventoryController {
  constructor(
    private readonly stock: StockRepository,
    private readonly adjustments: AdjustStockService,
  ) {}

  @Get(':variantId')
  @RequirePermission('inventory:read')
  @ApiOperationOf('getStock', 'Stock of a variant', 'On hand, reserved by open orders, and what can still be sold.')
  @ApiOkResponse({ type: StockResponse, description: 'The stock' })
  @ApiProblems(400, 404, 422)
  async get(@Param('variantId') variantId: string): Promise<StockResponse> {
    return toStockResponse(await this.find(variantId));
  }

  @Post(':variantId/adjustments')
  @HttpCode(201)
  @RequirePermission('inventory:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf('adjustStock', 'Change stock', 'By a difference or to a count. Every change is a row of the ledger.')
  @ApiCreatedResponse({ type: StockResponse, description: 'The stock after the change' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async adjust(
    @Param('variantId') variantId: string,
    @Body() body: AdjustStockRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    if (!isUuid(variantId)) throw new NotFoundError('variant');
    const change = changeOf(body);
    const use =
      key === undefined
        ? undefined
        : { scope: `user:${user.userId}`, key, operation: `POST /v1/inventory/${variantId}/adjustments`, body };
    const answer = await this.adjustments.adjust(
      variantId,
      { change, reason: body.reason, actorId: user.userId, expected },
      use,
      (row) => JSON.stringify(toStockResponse(row)),
    );
    return new JsonText(answer.body, (JSON.parse(answer.body) as StockResponse).version);
  }

  @Get(':variantId/adjustments')
  @RequirePermission('inventory:read')
  @ApiOperationOf('listStockMovements', 'The ledger of a variant', 'Every change of what is on hand, newest first.')
  @ApiOkResponse({ type: StockMovementPageResponse, description: 'A page of the ledger' })
  @ApiProblems(400, 404, 422)
  async list(@Param('variantId') variantId: string, @Query() query: PageQuery): Promise<StockMovementPageResponse> {
    await this.find(variantId);
    const before =
      query.cursor &&
      BigInt(decodeCursor(query.cursor, [(value) => typeof value === 'string' && /^\d{1,18}$/.test(value)])[0] ?? 0);
    const rows = await this.stock.findMovements(variantId, query.limit + 1, before === '' ? undefined : before);
    return toPage(rows, query.limit, (row) => [String(row.id)], toMovementResponse);
  }

  private async find(variantId: string) {
    const row = isUuid(variantId) ? await this.stock.findById(variantId) : null;
    if (!row) throw new NotFoundError('variant');
    return row;
  }
}

/** @throws InvalidError unless just one of the two is given. */
function changeOf(body: AdjustStockRequest): { delta: number } | { onHand: number } {
  if (body.delta !== undefined && body.onHand === undefined) return { delta: body.delta };
  if (body.onHand !== undefined && body.delta === undefined) return { onHand: body.onHand };
  throw new InvalidError('request.invalid', 'Give either `delta` or `onHand`.', [
    { pointer: '/delta', code: 'either_or', detail: 'give either delta or onHand' },
  ]);
}

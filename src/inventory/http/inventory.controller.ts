import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
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
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { AdjustStockService } from '../app/adjust-stock.service.js';
import { ChangeThresholdService } from '../app/change-threshold.service.js';
import { TransferStockService } from '../app/transfer-stock.service.js';
import { StockRepository } from '../data/stock.repository.js';
import type { Stock } from '../domain/stock-book.js';
import {
  AdjustStockRequest,
  StockMovementPageResponse,
  StockResponse,
  TransferStockRequest,
  UpdateStockRequest,
} from './inventory.dto.js';
import { toMovementResponse, toStockResponse } from './inventory.mapper.js';

@ApiTags('inventory')
@Controller('v1/inventory')
export class InventoryController {
  constructor(
    private readonly stock: StockRepository,
    private readonly adjustments: AdjustStockService,
    private readonly transfers: TransferStockService,
    private readonly thresholds: ChangeThresholdService,
  ) {}

  @Get(':variantId')
  @RequirePermission('inventory:read')
  @ApiOperationOf(
    'getStock',
    'Stock of a variant',
    'On hand, reserved by open orders, and what can still be sold, in all and by location.',
  )
  @ApiOkResponse({ type: StockResponse, description: 'The stock' })
  @ApiProblems(400, 404, 422)
  async get(@Param('variantId') variantId: string): Promise<StockResponse> {
    return toStockResponse(await this.find(variantId));
  }

  @Patch(':variantId')
  @RequirePermission('inventory:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'updateStock',
    'Say when stock runs low',
    'When `available` falls to `lowStockAt`, `inventory.low_stock` tells of it.',
  )
  @ApiOkResponse({ type: StockResponse, description: 'The stock' })
  @ApiProblems(400, 404, 413, 415, 422)
  async update(
    @Param('variantId') variantId: string,
    @Body() body: UpdateStockRequest,
    @CurrentUser() actor: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<StockResponse> {
    requireId(variantId);
    return toStockResponse(await this.thresholds.change(variantId, body.lowStockAt, { actor, expected }));
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
    requireId(variantId);
    const answer = await this.adjustments.adjust(
      variantId,
      { change: changeOf(body), locationId: body.locationId, reason: body.reason, actor: user, expected },
      useOfUsersKey(user, key, `POST /v1/inventory/${variantId}/adjustments`, body),
      toText,
    );
    return new JsonText(answer.body, (JSON.parse(answer.body) as StockResponse).version);
  }

  @Post(':variantId/transfers')
  @HttpCode(201)
  @RequirePermission('inventory:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf(
    'transferStock',
    'Bring stock to another location',
    'Units that no open order holds. The ledger gets two rows, which share a `transferId`.',
  )
  @ApiCreatedResponse({ type: StockResponse, description: 'The stock after the change' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async transfer(
    @Param('variantId') variantId: string,
    @Body() body: TransferStockRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
  ): Promise<JsonText> {
    requireId(variantId);
    const answer = await this.transfers.transfer(
      variantId,
      { ...body, actor: user, expected },
      useOfUsersKey(user, key, `POST /v1/inventory/${variantId}/transfers`, body),
      toText,
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

/** @throws NotFoundError for what cannot be an id at all */
function requireId(variantId: string): void {
  if (!isUuid(variantId)) throw new NotFoundError('variant');
}

function toText(stock: Stock): string {
  return JSON.stringify(toStockResponse(stock));
}

/** @throws InvalidError unless just one of the two is given. */
function changeOf(body: AdjustStockRequest): { delta: number } | { onHand: number } {
  if (body.delta !== undefined && body.onHand === undefined) return { delta: body.delta };
  if (body.onHand !== undefined && body.delta === undefined) return { onHand: body.onHand };
  throw new InvalidError('request.invalid', 'Give either `delta` or `onHand`.', [
    { pointer: '/delta', code: 'either_or', detail: 'give either delta or onHand' },
  ]);
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../../platform/access/index.js';
import {
  ApiOperationOf,
  ApiProblems,
  readInstant,
  readTimeKeys,
  timeKeysOf,
  toPage,
} from '../../../platform/http/index.js';
import { isUuid } from '../../../platform/ids/index.js';
import { LedgerRepository } from '../data/ledger.repository.js';
import { LedgerEntryPageResponse, ListLedgerEntriesQuery } from './ledger.dto.js';
import { toEntryResponse } from './ledger.mapper.js';

@ApiTags('payments')
@Controller('v1/ledger')
export class LedgerController {
  constructor(private readonly ledger: LedgerRepository) {}

  @Get('entries')
  @RequirePermission('payments:read')
  @ApiOperationOf(
    'listLedgerEntries',
    'List the entries of the ledger',
    'The double-entry books of all money taken, kept by providers and given back, newest first. Nothing in them is ever changed.',
  )
  @ApiOkResponse({ type: LedgerEntryPageResponse, description: 'A page of entries' })
  @ApiProblems(400, 422)
  async list(@Query() query: ListLedgerEntriesQuery): Promise<LedgerEntryPageResponse> {
    const before = readTimeKeys(query.cursor);
    const filter = {
      ...(query.orderId === undefined ? {} : { orderId: query.orderId }),
      ...(query.from === undefined ? {} : { from: readInstant(query.from, 'from') }),
      ...(query.to === undefined ? {} : { to: readInstant(query.to, 'to') }),
    };
    if (filter.orderId !== undefined && !isUuid(filter.orderId)) return { items: [], nextCursor: null };
    const entries = await this.ledger.findPage(filter, query.limit + 1, before);
    return toPage(
      entries,
      query.limit,
      ({ id, occurredAt }) => timeKeysOf({ id, createdAt: occurredAt }),
      toEntryResponse,
    );
  }
}

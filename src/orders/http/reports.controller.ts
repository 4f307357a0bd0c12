import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { InvalidError } from '../../platform/errors/index.js';
import { ApiOperationOf, ApiProblems, readInstant } from '../../platform/http/index.js';
import { Clock } from '../../platform/time/index.js';
import { ReconcileOrdersService } from '../app/reconcile-orders.service.js';
import { ReconciliationQuery, ReconciliationResponse } from './reports.dto.js';
import { toReconciliationResponse } from './reports.mapper.js';

const DAY_MS = 86_400_000;
const MAX_DAYS = 92;

@ApiTags('reports')
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly reconciling: ReconcileOrdersService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @Get('reconciliation')
  @RequirePermission('payments:read')
  @ApiOperationOf(
    'reconcilePayments',
    'Hold orders, ledger and payment providers against one another',
    "Sums of the payments that were begun in a time, by the shop's orders, its payments and the providers' own records, what was booked in that time by account, and every difference. Asks the providers, which may take a while. Sums are those of whole payments, with refunds that came later; those by account are of what was booked in the time.",
  )
  @ApiOkResponse({ type: ReconciliationResponse, description: 'The report' })
  @ApiProblems(400, 422, 503)
  async reconcile(@Query() query: ReconciliationQuery): Promise<ReconciliationResponse> {
    const period = this.periodOf(query);
    // Half of the time that a request has: the database needs some of it, too.
    const found = await this.reconciling.reconcile({ ...period, patienceMs: this.config.requestTimeoutMs / 2 });
    return toReconciliationResponse(found, period);
  }

  /** @throws InvalidError `reports.period` (422) */
  private periodOf(query: ReconciliationQuery): { readonly from: Date; readonly to: Date } {
    const to = query.to === undefined ? this.clock.now() : readInstant(query.to, 'to');
    const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : readInstant(query.from, 'from');
    const length = to.getTime() - from.getTime();
    if (length > 0 && length <= MAX_DAYS * DAY_MS) return { from, to };
    throw new InvalidError('reports.period', `A report is of up to ${MAX_DAYS} days, and ends after it begins.`, [
      { pointer: 'query:from', code: 'period', detail: `must be before to, by up to ${MAX_DAYS} days` },
    ]);
  }
}

import { toJson } from '../../platform/money/index.js';
import type { Reconciliation } from '../app/reconcile-orders.service.js';
import type { ProviderMoneyResponse, ProviderSumsResponse, ReconciliationResponse } from './reports.dto.js';

/** Rows that an answer shows of one kind; their count tells how many there are. */
const ROWS_SHOWN = 1_000;

export function toReconciliationResponse(
  found: Reconciliation,
  { from, to }: { readonly from: Date; readonly to: Date },
): ReconciliationResponse {
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    orders: found.orders.map(({ currency, captured, refunded }) => ({
      captured: toJson({ amount: captured, currency }),
      refunded: toJson({ amount: refunded, currency }),
    })),
    providers: found.providers.map(toProviderSums),
    accounts: found.accounts.map(({ account, currency, debit, credit }) => ({
      account,
      debit: toJson({ amount: debit, currency }),
      credit: toJson({ amount: credit, currency }),
    })),
    differences: found.differences
      .slice(0, ROWS_SHOWN)
      .map(({ kind, provider, orderId, paymentId, refundId, detail, ours, theirs }) => ({
        ...{ kind, provider, orderId, paymentId, refundId, detail, ours, theirs },
      })),
    differenceCount: found.differences.length,
    open: found.open
      .slice(0, ROWS_SHOWN)
      .map(({ provider, orderId, paymentId, refundId, status, theirs, deadlineAt }) => ({
        ...{ provider, orderId, paymentId, refundId, status, theirs },
        deadlineAt: deadlineAt.toISOString(),
      })),
    openCount: found.open.length,
  };
}

function toProviderSums({
  provider,
  currency,
  ours,
  theirs,
}: Reconciliation['providers'][number]): ProviderSumsResponse {
  return { provider, ours: toMoney(ours, currency), theirs: theirs && toMoney(theirs, currency) };
}

function toMoney(
  { captured, refunded, fees }: Reconciliation['providers'][number]['ours'],
  currency: string,
): ProviderMoneyResponse {
  return {
    captured: toJson({ amount: captured, currency }),
    refunded: toJson({ amount: refunded, currency }),
    fees: toJson({ amount: fees, currency }),
  };
}

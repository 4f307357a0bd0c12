import { toJson } from '../../../platform/money/index.js';
import type { BookedEntry } from '../data/ledger.repository.js';
import type { LedgerEntryResponse, LedgerPostingResponse } from './ledger.dto.js';

export function toEntryResponse(entry: BookedEntry): LedgerEntryResponse {
  const { id, source, kind, orderId, provider, currency, occurredAt, postings } = entry;
  return {
    id,
    source,
    kind,
    orderId,
    provider,
    occurredAt: occurredAt.toISOString(),
    postings: postings.map(({ account, amount }) => toPostingResponse(account, amount, currency)),
  };
}

function toPostingResponse(account: string, amount: bigint, currency: string): LedgerPostingResponse {
  return {
    account,
    debit: toJson({ amount: amount > 0n ? amount : 0n, currency }),
    credit: toJson({ amount: amount < 0n ? -amount : 0n, currency }),
  };
}

import { Injectable } from '@nestjs/common';
import { AppError, NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { Clock } from '../../platform/time/index.js';
import { StockRepository, type StockRow } from '../data/stock.repository.js';
import { BelowReservedError, NotTrackedError } from '../domain/inventory.errors.js';

export const MAX_STOCK = 2_000_000_000;

export interface Adjustment {
  readonly change: { readonly delta: number } | { readonly onHand: number };
  readonly reason: string;
  readonly actorId: string;
  readonly expected: ExpectedVersions;
}

/** Staff change what is on hand, by a difference or to a count. */
@Injectable()
export class AdjustStockService {
  constructor(
    private readonly stock: StockRepository,
    private readonly keys: IdempotencyStore,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError, NotTrackedError, BelowReservedError, StaleVersionError; AppError `inventory.too_much` (422) */
  async adjust(
    variantId: string,
    adjustment: Adjustment,
    key: KeyUse | undefined,
    render: (row: StockRow) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const [row] = await this.stock.lockMany(tx, [variantId]);
      if (!row) throw new NotFoundError('variant');
      requireVersion(adjustment.expected, row.version);
      if (!row.tracked) throw new NotTrackedError();
      const { change } = adjustment;
      const onHand = 'delta' in change ? row.onHand + change.delta : change.onHand;
      if (onHand < row.reserved) throw new BelowReservedError(row.onHand, row.reserved);
      if (onHand > MAX_STOCK)
        throw new AppError('invalid', 'inventory.too_much', `There can be ${MAX_STOCK} units of a variant at most.`);
      const movement = { kind: 'adjustment', reason: adjustment.reason, actorId: adjustment.actorId } as const;
      await this.stock.setOnHand(tx, row, onHand, movement, this.clock.now());
      const version = onHand === row.onHand ? row.version : row.version + 1;
      return { status: 201, body: render({ ...row, onHand, version }), headers: {} };
    });
  }
}

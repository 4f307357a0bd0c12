import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { StockRepository } from '../data/stock.repository.js';
import type { Stock } from '../domain/stock-book.js';
import { StockDesk, type DeskCall } from './stock-desk.js';

/** Staff say at how many units a variant's stock runs low. */
@Injectable()
export class ChangeThresholdService {
  constructor(
    private readonly db: Db,
    private readonly desk: StockDesk,
    private readonly stock: StockRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param lowStockAt units; null: the shop's own threshold
   * @throws NotFoundError, StaleVersionError
   */
  change(variantId: string, lowStockAt: number | null, call: DeskCall & { readonly actor: SignedIn }): Promise<Stock> {
    return this.db.transaction(async (tx) => {
      const stock = await this.desk.lock(tx, variantId, call);
      if (stock.lowStockAt === lowStockAt) return stock;
      await this.stock.changeItem(tx, stock.variantId, { lowStockAt }, this.clock.now());
      await this.audit.record(tx, call.actor, {
        action: 'inventory.threshold_changed',
        subject: { type: 'variant', id: stock.variantId },
        before: { lowStockAt: stock.lowStockAt },
        after: { lowStockAt },
      });
      return { ...stock, lowStockAt, version: stock.version + 1 };
    });
  }
}

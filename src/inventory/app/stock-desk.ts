import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import type { KeptAnswer } from '../../platform/idempotency/index.js';
import { StockRepository } from '../data/stock.repository.js';
import { NotTrackedError } from '../domain/inventory.errors.js';
import type { Stock } from '../domain/stock-book.js';

export interface DeskCall {
  /** The versions of the stock that the caller has seen. */
  readonly expected: ExpectedVersions;
}

export type Render = (stock: Stock) => string;

/** What all changes by staff have in common: the variant's stock is locked, is the one they saw, and is shown afterwards. */
@Injectable()
export class StockDesk {
  constructor(private readonly stock: StockRepository) {}

  /** @throws NotFoundError, StaleVersionError */
  async lock(tx: Tx, variantId: string, { expected }: DeskCall): Promise<Stock> {
    const [stock] = await this.stock.lockMany(tx, [variantId]);
    if (!stock) throw new NotFoundError('variant');
    requireVersion(expected, stock.version);
    return stock;
  }

  /** @throws NotFoundError, StaleVersionError, NotTrackedError */
  async lockTracked(tx: Tx, variantId: string, call: DeskCall): Promise<Stock> {
    const stock = await this.lock(tx, variantId, call);
    if (!stock.tracked) throw new NotTrackedError();
    return stock;
  }

  /** 201 with the stock as it is now. */
  async answer(tx: Tx, { variantId }: Stock, render: Render): Promise<KeptAnswer> {
    const [stock] = await this.stock.lockMany(tx, [variantId]);
    if (!stock) throw new NotFoundError('variant');
    return { status: 201, body: render(stock), headers: {} };
  }
}

import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Db, type Tx } from '../database/index.js';
import { notify } from './catalog-news.sql.js';

/** Hears what reads of the catalogue are not true any more. */
export interface CatalogNewsListener {
  /** Anything may have changed. */
  catalogChanged(): void;
  /** What can be sold of these variants has changed, and nothing else. */
  stockChanged(variantIds: readonly string[]): void;
  /** All changes that were committed before that moment have been told, those of other processes and of other programs among them. @param at by `performance.now()` */
  confirmed(at: number): void;
}

/**
 * Where those who change the catalogue or its stock say so, and those who keep reads of it hear of it. In this process it is heard when the
 * transaction has been committed, before the caller goes on; in others a moment later, by a statement of its own: a notification within
 * a transaction would make all commits wait for each other.
 */
@Injectable()
export class CatalogNews {
  /** By which a process knows its own news again. */
  readonly sender = randomUUID();
  /** Somebody has asked for what is kept since it was confirmed last. */
  asked = false;
  private readonly listeners: CatalogNewsListener[] = [];
  private readonly announced = new WeakSet<object>();

  constructor(private readonly db: Db) {}

  /** In this process. */
  listen(listener: CatalogNewsListener): void {
    this.listeners.push(listener);
  }

  /** The transaction changes what everybody sees of the catalogue: tells all processes. */
  catalogChanges(tx: Tx): void {
    if (this.announced.has(tx)) return;
    this.announced.add(tx);
    tx.afterCommit(() => {
      this.tellOfCatalog();
      // Whoever does not hear it finds it among the changes that the database keeps.
      notify(this.db, this.sender).catch(() => undefined);
    });
  }

  /** The transaction changes how many units can be sold: tells this process. Others find it among the changes, for it is too frequent to be told. */
  stockChanges(tx: Tx, variantIds: readonly string[]): void {
    if (this.listeners.length === 0 || variantIds.length === 0) return;
    tx.afterCommit(() => this.tellOfStock(variantIds));
  }

  /** Tells the listeners of this process alone, as where another one has spoken. */
  tellOfCatalog(): void {
    for (const listener of this.listeners) listener.catalogChanged();
  }

  /** The same of some variants. */
  tellOfStock(variantIds: readonly string[]): void {
    for (const listener of this.listeners) listener.stockChanged(variantIds);
  }

  /** All changes that were committed before that moment have been told. @param at by `performance.now()` */
  confirm(at: number): void {
    for (const listener of this.listeners) listener.confirmed(at);
  }
}

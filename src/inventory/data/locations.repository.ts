import { Injectable } from '@nestjs/common';
import { Db, isForeignKeyViolation, uniqueViolation, type Reader, type Tx } from '../../platform/database/index.js';
import { LocationCodeTakenError, LocationInUseError } from '../domain/inventory.errors.js';
import type { Place } from '../domain/stock-book.js';

export interface LocationRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Lower ones are taken from first. */
  readonly priority: number;
  readonly active: boolean;
  readonly version: number;
}

export type LocationFields = Pick<LocationRow, 'code' | 'name' | 'priority' | 'active'>;

const COLUMNS = { id: true, code: true, name: true, priority: true, active: true, version: true } as const;

/** The places where stock lies. */
@Injectable()
export class LocationsRepository {
  constructor(private readonly db: Db) {}

  /**
   * A location that stays as it is until the transaction ends. Lock the stock items first: whoever closes a location
   * takes them before it.
   */
  async hold(tx: Tx, id: string): Promise<Place | null> {
    const [place] = await tx.$queryRaw<Place[]>`
      select id as "locationId", code, active from location where id = ${id}::uuid for key share`;
    return place ?? null;
  }

  /** The active location of the lowest priority, which stays as it is until the transaction ends. One is always active. */
  async holdMain(tx: Tx): Promise<Place> {
    const [place] = await tx.$queryRaw<Place[]>`
      select id as "locationId", code, active from location where active order by priority, id limit 1 for key share`;
    if (!place) throw new Error('no location is active');
    return place;
  }

  /** By priority. */
  findAll(reader: Reader = this.db.prisma): Promise<LocationRow[]> {
    return reader.location.findMany({ select: COLUMNS, orderBy: [{ priority: 'asc' }, { id: 'asc' }] });
  }

  /** Makes changes of locations wait for each other until the transaction ends. Take it before any other lock. */
  async lockChanges(tx: Tx): Promise<void> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('inventory.locations', 0))`;
  }

  /**
   * Keeps all stock in the location still, and lets nothing begin to lie there, until the transaction ends: the items in the
   * order of their ids, as everybody locks them, and then the location.
   */
  async lockWithStock(tx: Tx, id: string): Promise<void> {
    await tx.$executeRaw`
      with locked as materialized (
        select variant_id from stock_item where variant_id in (select variant_id from stock_level where location_id = ${id}::uuid)
        order by variant_id for update
      ) select count(*) from locked`;
    await tx.$executeRaw`select 1 from location where id = ${id}::uuid for update`;
  }

  /** @throws LocationCodeTakenError */
  async insert(tx: Tx, id: string, fields: LocationFields, now: Date): Promise<LocationRow> {
    try {
      return await tx.location.create({ data: { id, ...fields, createdAt: now, updatedAt: now }, select: COLUMNS });
    } catch (error) {
      throw uniqueViolation(error) === undefined ? error : new LocationCodeTakenError(fields.code);
    }
  }

  /** @throws LocationCodeTakenError */
  async update(tx: Tx, id: string, fields: Partial<LocationFields>, now: Date): Promise<LocationRow> {
    try {
      return await tx.location.update({
        where: { id },
        data: { ...fields, version: { increment: 1 }, updatedAt: now },
        select: COLUMNS,
      });
    } catch (error) {
      throw uniqueViolation(error) === undefined ? error : new LocationCodeTakenError(fields.code ?? '');
    }
  }

  /** Takes the stock of a location that was closed out of what can be sold, or brings back that of one that was opened. */
  async withholdStock(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.$executeRaw`
      update stock_item s set withheld = w.units, version = s.version + 1, updated_at = ${now}
      from (
        select here.variant_id, coalesce(sum(l.on_hand - l.reserved) filter (where not p.active), 0) as units
        from stock_level here join stock_level l using (variant_id) join location p on p.id = l.location_id
        where here.location_id = ${id}::uuid group by here.variant_id
      ) w
      where s.variant_id = w.variant_id and s.withheld <> w.units`;
  }

  /** @throws LocationInUseError when anything ever lay there, or was sent from there */
  async delete(tx: Tx, id: string): Promise<void> {
    try {
      await tx.location.delete({ where: { id } });
    } catch (error) {
      throw isForeignKeyViolation(error) ? new LocationInUseError() : error;
    }
  }
}

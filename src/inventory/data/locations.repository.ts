import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { Place } from '../domain/stock-book.js';

/** The places where stock lies. */
@Injectable()
export class LocationsRepository {
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
}

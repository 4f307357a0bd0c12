import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid, newId } from '../../platform/ids/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { LocationsRepository, type LocationFields, type LocationRow } from '../data/locations.repository.js';
import { LastLocationError, TooManyLocationsError } from '../domain/inventory.errors.js';

/** Every reservation looks at all of them. */
const MAX_LOCATIONS = 100;
/** Closing a location touches every item that lies there. */
const CLOSING_MS = 60_000;

export interface NewLocation {
  readonly code: string;
  readonly name: string;
  /** Absent: after all others. */
  readonly priority?: number;
  readonly active?: boolean;
}

/** The places where stock lies: changes of them wait for each other. */
@Injectable()
export class LocationsService {
  constructor(
    private readonly db: Db,
    private readonly locations: LocationsRepository,
    private readonly keys: IdempotencyStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /** By priority. */
  list(): Promise<LocationRow[]> {
    return this.locations.findAll();
  }

  /** @throws LocationCodeTakenError, TooManyLocationsError (409) */
  create(
    actor: SignedIn,
    input: NewLocation,
    key: KeyUse | undefined,
    render: (row: LocationRow) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      await this.locations.lockChanges(tx);
      const all = await this.locations.findAll(tx);
      if (all.length >= MAX_LOCATIONS) throw new TooManyLocationsError(MAX_LOCATIONS);
      const { code, name, priority = (all.at(-1)?.priority ?? -1) + 1, active = true } = input;
      const row = await this.locations.insert(tx, newId(), { code, name, priority, active }, this.clock.now());
      const after = { code, name, priority, active };
      await this.audit.record(tx, actor, { action: 'inventory.location_created', ...subjectOf(row), after });
      return { status: 201, body: render(row), headers: {} };
    });
  }

  /**
   * A location that is closed sells nothing more; what lies there stays in the books, and what orders hold there is theirs.
   * @throws NotFoundError, StaleVersionError, LocationCodeTakenError, LastLocationError (409)
   */
  change(
    actor: SignedIn,
    id: string,
    change: Partial<LocationFields>,
    expected: ExpectedVersions,
  ): Promise<LocationRow> {
    return this.db.transaction(
      async (tx) => {
        const before = await this.find(tx, id, expected);
        const same = (Object.keys(change) as (keyof LocationFields)[]).every((name) => change[name] === before[name]);
        if (same) return before;
        const turned = change.active !== undefined && change.active !== before.active;
        if (turned) await this.locations.lockWithStock(tx, before.id);
        const after = await this.locations.update(tx, before.id, change, this.clock.now());
        await this.audit.recordChange(tx, actor, {
          action: 'inventory.location_changed',
          ...subjectOf(before),
          before: fieldsOf(before),
          after: fieldsOf(after),
        });
        if (!turned) return after;
        await this.requireActive(tx);
        this.news.catalogChanges(tx);
        await this.locations.withholdStock(tx, before.id, this.clock.now());
        return after;
      },
      { timeoutMs: CLOSING_MS },
    );
  }

  /** @throws NotFoundError, StaleVersionError, LocationInUseError, LastLocationError (409) */
  async delete(actor: SignedIn, id: string, expected: ExpectedVersions): Promise<void> {
    await this.db.transaction(async (tx) => {
      const location = await this.find(tx, id, expected);
      await this.locations.delete(tx, location.id);
      const before = fieldsOf(location);
      await this.audit.record(tx, actor, { action: 'inventory.location_deleted', ...subjectOf(location), before });
      await this.requireActive(tx);
    });
  }

  private async find(tx: Tx, id: string, expected: ExpectedVersions): Promise<LocationRow> {
    await this.locations.lockChanges(tx);
    const all = isUuid(id) ? await this.locations.findAll(tx) : [];
    const row = all.find((location) => location.id === id.toLowerCase());
    if (!row) throw new NotFoundError('location');
    requireVersion(expected, row.version);
    return row;
  }

  private async requireActive(tx: Tx): Promise<void> {
    const all = await this.locations.findAll(tx);
    if (!all.some(({ active }) => active)) throw new LastLocationError();
  }
}

/** A location's name is no person's. */
function subjectOf({ id }: LocationRow) {
  return { subject: { type: 'location', id }, shown: ['name'] } as const;
}

function fieldsOf({ code, name, priority, active }: LocationRow) {
  return { code, name, priority, active };
}

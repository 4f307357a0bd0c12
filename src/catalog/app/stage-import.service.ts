import { Inject, Injectable } from '@nestjs/common';
import { createHash, type Hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog, SYSTEM } from '../../platform/audit-log/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { newId } from '../../platform/ids/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Clock } from '../../platform/time/index.js';
import {
  ImportFilesRepository,
  type FileCounts,
  type ImportWithErrors,
  type RecordToStage,
} from '../data/import-files.repository.js';
import { openShopifyCsv, type ShopifyCsvEvent } from '../domain/shopify/csv-reader.js';
import type { RowError } from '../domain/shopify/row-error.js';
import { handleOf } from '../domain/shopify/staged-row.js';
import { ImportQueue } from './import-queue.js';

/** How much of a file is held in memory before it goes to the database. */
const PART = { records: 500, characters: 1024 * 1024 } as const;

export interface Sender {
  /** `SYSTEM`: somebody at the shop's own command line. */
  readonly actor: SignedIn | typeof SYSTEM;
  /** The use of an idempotency key, but for the body, which is known when it has been read. */
  readonly use?: Omit<KeyUse, 'body'> | undefined;
}

/** Takes a file of products in: all of it is in the database before anyone hears of it. */
@Injectable()
export class StageImportService {
  constructor(
    private readonly files: ImportFilesRepository,
    private readonly queue: ImportQueue,
    private readonly idempotency: IdempotencyStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Nothing stays of a file that cannot be read to its end. Memory does not grow with the file.
   * @returns 202 with the import, queued
   * @throws InvalidError (422) as `openShopifyCsv` says; AppError `idempotency.*`; whatever `source` throws
   */
  async stage(
    source: AsyncIterable<Uint8Array>,
    sender: Sender,
    render: (row: ImportWithErrors) => string,
  ): Promise<KeptAnswer> {
    const hash = createHash('sha256');
    const { columns, events } = await openShopifyCsv(sender.use ? hashing(source, hash) : source);
    const id = newId();
    try {
      await this.files.create(id, columns, userIdOf(sender), this.clock.now());
      const counts = await this.receive(id, events);
      const use = sender.use && { ...sender.use, body: { sha256: hash.digest('hex') } };
      const answer = await this.announce(id, counts, { ...sender, use }, render);
      if (!answer.headers['location']?.endsWith(id)) await this.discard(id);
      return answer;
    } catch (error) {
      await this.discard(id);
      throw error;
    }
  }

  private async receive(id: string, events: AsyncIterable<ShopifyCsvEvent>): Promise<FileCounts> {
    let [rows, rowsDone, errorCount, characters] = [0, 0, 0, 0];
    let records: RecordToStage[] = [];
    let errors: RowError[] = [];
    const flush = async (): Promise<void> => {
      await this.files.addErrors(this.files.reader, id, errors);
      if (records.length > 0) await this.files.stage(id, records);
      [records, errors, characters] = [[], [], 0];
    };
    for await (const event of events) {
      // What follows a broken record and makes none of its own is reported, and no record.
      if (event.kind !== 'error' || event.code !== 'catalog.csv_unreadable') rows++;
      const key = event.kind === 'error' ? { error: event } : handleOf(event);
      if ('error' in key) {
        errors.push(key.error);
        errorCount++;
        if (key.error.code !== 'catalog.csv_unreadable') rowsDone++;
      } else if (event.kind === 'row') {
        const json = JSON.stringify(event.record);
        records.push({ line: event.line, handle: key.handle, json });
        characters += json.length;
      }
      if (records.length + errors.length >= PART.records || characters >= PART.characters) await flush();
    }
    await flush();
    return { rows, rowsDone, errorCount };
  }

  private announce(
    id: string,
    counts: FileCounts,
    { actor, use }: { readonly actor: Sender['actor']; readonly use: KeyUse | undefined },
    render: (row: ImportWithErrors) => string,
  ): Promise<KeptAnswer> {
    return this.idempotency.run(use, async (tx) => {
      await this.files.queue(tx, id, counts, this.clock.now());
      this.queue.add(tx, id);
      await this.audit.record(tx, actor, {
        action: 'catalog.import_started',
        subject: { type: 'import', id },
        after: { rows: counts.rows, errors: counts.errorCount },
      });
      const row = await this.files.find(tx, id);
      if (!row) throw new Error(`import ${id} has vanished within its own transaction`);
      return { status: 202, body: render(row), headers: { location: `/v1/catalog/imports/${id}` } };
    });
  }

  /** What cannot be removed now is removed later by `ImportHousekeeping`. */
  private async discard(id: string): Promise<void> {
    await this.files.discard(id).catch((error: unknown) => {
      this.logger.warn({ err: error, importId: id }, 'an upload that was given up could not be removed');
    });
  }
}

function userIdOf({ actor }: Sender): string | null {
  return actor.kind === 'system' ? null : actor.userId;
}

async function* hashing(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

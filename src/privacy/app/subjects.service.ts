import { Injectable } from '@nestjs/common';
import type { Reader } from '../../platform/database/index.js';
import { PersonalData, type DataSubject, type OpenMatter, type Person } from '../../platform/privacy/index.js';

/** Finds all that a person is known by. */
@Injectable()
export class Subjects {
  constructor(private readonly registry: PersonalData) {}

  async resolve(reader: Reader, person: Person): Promise<DataSubject> {
    const orderIds: string[] = [];
    for (const source of this.registry.sources) orderIds.push(...((await source.orderIdsOf?.(reader, person)) ?? []));
    return { userId: person.userId, orderIds };
  }

  async openMatters(reader: Reader, subject: DataSubject): Promise<OpenMatter[]> {
    const open: OpenMatter[] = [];
    for (const source of this.registry.sources) open.push(...((await source.openMatters?.(reader, subject)) ?? []));
    return open;
  }
}

import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../database/index.js';

/** Whom a request is about: an account, or a guest by the address that they gave. */
export interface Person {
  readonly userId: string | null;
  /** Only one that is proved to be theirs: what guests ordered under it is then theirs, too. */
  readonly email: string | null;
}

/** A person with all that other modules know them by. Ids alone: it can be kept for a job without keeping anything of the person. */
export interface DataSubject {
  readonly userId: string | null;
  readonly orderIds: readonly string[];
}

/** `later`: something is still needed, such as a mail on its way; ask again. */
export type Erased = 'done' | 'later';

/** What stands in the way of an erasure. */
export interface OpenMatter {
  /** `order` */
  readonly type: string;
  readonly id: string;
  /** As people name it. */
  readonly name: string;
}

/** What a module holds on persons. Sources know each other by nothing. */
export interface PersonalDataSource {
  /** The archive's name for it. */
  readonly name: string;
  /** Orders of the person. */
  orderIdsOf?(reader: Reader, person: Person): Promise<string[]>;
  /** What has to come to an end before the person can be erased. */
  openMatters?(reader: Reader, subject: DataSubject): Promise<OpenMatter[]>;
  /** Everything that is held on the person, without secrets: JSON, in which amounts may be bigints. */
  export(reader: Reader, subject: DataSubject): Promise<unknown>;
  /** Takes it out, or replaces what has to stay; as often as it is asked. */
  erase(tx: Tx, subject: DataSubject): Promise<Erased>;
  /** Takes out what is past its time, in transactions of its own that hold nobody up; gives how many rows. Any number of times. */
  forgetOld?(): Promise<number>;
}

/** The register of everything that holds personal data. Each module adds its sources from `onModuleInit`. */
@Injectable()
export class PersonalData {
  private readonly registered: PersonalDataSource[] = [];

  register(source: PersonalDataSource): void {
    if (this.registered.some(({ name }) => name === source.name))
      throw new Error(`There are two sources of personal data named ${source.name}`);
    this.registered.push(source);
  }

  /** By name, so that an archive always reads the same. */
  get sources(): readonly PersonalDataSource[] {
    return [...this.registered].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

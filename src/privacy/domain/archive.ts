/** What the archive is called, and the version of its form. */
const FORMAT = 'backroom-personal-data/1';

export interface ArchiveOf {
  readonly exportedAt: Date;
  readonly userId: string | null;
  /** By which a guest was found. */
  readonly email: string | null;
  /** By the names of their sources. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Everything that is held on a person, as one JSON text. Amounts are whole minor units, which JSON's numbers hold. */
export function archiveOf({ exportedAt, userId, email, data }: ArchiveOf): string {
  const archive = { format: FORMAT, exportedAt: exportedAt.toISOString(), person: { userId, email }, data };
  return JSON.stringify(archive, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value), 2);
}

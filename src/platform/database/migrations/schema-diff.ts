import { withSchemaEngine } from './schema-engine.js';

const NO_FILTER = { externalTables: [], externalEnums: [] };

/** A Prisma schema: its path, which only messages show, and its text. */
export interface SchemaText {
  readonly path: string;
  readonly content: string;
}

/**
 * The SQL that would make a database agree with the schema, written by Prisma's engine; `undefined` when they agree. What the schema
 * cannot express (CHECKs, partial and expression indexes, functions) is not compared.
 */
export async function diffToSchema(databaseUrl: string, schema: SchemaText): Promise<string | undefined> {
  const result = await withSchemaEngine(databaseUrl, (engine) =>
    engine.diff({
      // The database that the engine was given; the schema only names its kind.
      from: { tag: 'schemaDatasource', files: [schema], configDir: '.' },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    }),
  );
  return result.exitCode === 0 ? undefined : (result.stdout ?? '');
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { MigrationAdapter } from './migration-adapter.js';

type Bindings = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** The little of WebAssembly's interface that is needed; Node has it, the ECMAScript library of TypeScript does not name it. */
interface WebAssemblyNamespace {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: Record<string, object>): Promise<{ exports: Record<string, unknown> }>;
}

const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyNamespace };

let bindings: Promise<Bindings> | undefined;

/**
 * Runs Prisma's schema engine, the WebAssembly build that comes through npm, on a database. It is read from disk on the first
 * call and not before.
 *
 * @param migrations texts of the migrations that the work may apply
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  work: (engine: SchemaEngine) => Promise<T>,
  migrations: readonly string[] = [],
): Promise<T> {
  const { SchemaEngine: Engine } = await (bindings ??= load());
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils');
  const adapter = new MigrationAdapter(databaseUrl, new Set(migrations));
  try {
    const engine = await Engine.new(
      { datamodels: undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapter),
    );
    try {
      return await work(engine);
    } catch (error) {
      // The engine keeps little of what the database said.
      throw adapter.lastRefusal ?? error;
    } finally {
      engine.free();
    }
  } finally {
    await adapter.end();
  }
}

/** Node 20 cannot import WebAssembly as a module, which the package's entry does: its parts are put together here. */
async function load(): Promise<Bindings> {
  const parts = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = await wasm.compile(await readFile(entry.replace(/\.js$/, '.wasm')));
  const instance = await wasm.instantiate(module, { './schema_engine_bg.js': withIdleTimers(parts) });
  parts.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return parts;
}

/** The engine never clears the timer that bounds its wait for a lock; a tool that is done would wait ten seconds for it to end. */
function withIdleTimers(parts: object): Record<string, unknown> {
  const entries = Object.entries(parts).map(([name, part]: [string, unknown]) => {
    if (!name.startsWith('__wbg_setTimeout')) return [name, part];
    const setTimer = part as (...args: unknown[]) => NodeJS.Timeout;
    return [name, (...args: unknown[]) => setTimer(...args).unref()];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

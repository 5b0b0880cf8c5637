import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

import type { DatabaseLimits } from '#libs/persistence/database/database-limits';

import { failedMigration, howToGoOn } from './failed-migration.js';
import { MigrationAdapter } from './migrate-adapter.js';
import type { Resolved } from './migrate-command.js';
import { migrationList, SCHEMA } from './migrate-files.js';
import { refusePooler } from './refuse-pooler.js';
import { requireVersion } from './server-version.js';

/** Node has it; TypeScript describes it for browsers only. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: Record<string, unknown> };
};

let isInstantiated = false;
const FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Prisma's schema engine, in its WebAssembly build: the same code as `prisma migrate` runs, but no executable
 * that has to be downloaded. It holds its lock on the database until the process ends, so end it soon.
 */
export class MigrationEngine {
  private constructor(
    private readonly engine: bindings.SchemaEngine,
    private readonly url: string,
  ) {}

  /**
   * @param url a postgresql:// URL of a database that exists
   * @throws Error when its server is too old for the migrations
   */
  static async open(url: string, limits?: DatabaseLimits): Promise<MigrationEngine> {
    await refusePooler(url, limits);
    instantiate();
    const adapter = bindMigrationAwareSqlAdapterFactory(new MigrationAdapter(url, limits));
    const options = { datamodels: [[SCHEMA.path, SCHEMA.content] satisfies [string, string]] };
    const engine = new MigrationEngine(await bindings.SchemaEngine.new(options, () => {}, adapter), url);
    await requireVersion(url);
    return engine;
  }

  /** Applies what is not applied yet. @returns the names of what was @throws Error that says how to go on */
  async apply(migrationsList = migrationList()): Promise<string[]> {
    try {
      const input = { migrationsList, filters: FILTERS };
      return (await this.said(this.engine.applyMigrations(input))).appliedMigrationNames;
    } catch (error) {
      const failed = await failedMigration(this.url);
      if (failed === undefined) throw error;
      throw new Error(howToGoOn(failed), { cause: error });
    }
  }

  /** Notes what became of a migration that failed, so that the others can follow. */
  async resolve({ name, as }: Resolved): Promise<void> {
    const migrationsList = migrationList();
    await this.said<object>(
      as === 'applied'
        ? this.engine.markMigrationApplied({ migrationName: name, migrationsList })
        : this.engine.markMigrationRolledBack({ migrationName: name }),
    );
  }

  /** The SQL that would make the database what the schema says; undefined when it is. */
  async drift(): Promise<string | undefined> {
    const { exitCode, stdout } = await this.said(
      this.engine.diff({
        from: { tag: 'schemaDatasource', files: [SCHEMA], configDir: import.meta.dirname },
        to: { tag: 'schemaDatamodel', files: [SCHEMA] },
        script: true,
        exitCode: true,
        filters: FILTERS,
      }),
    );
    return exitCode === 0 ? undefined : (stdout ?? '');
  }

  /** What the engine says may quote the URL, and that its password. */
  private said<T>(answer: Promise<T>): Promise<T> {
    return answer.catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      // Without the error as its cause, which has the password in its message.
      throw new Error(withoutPassword(message, this.url));
    });
  }
}

function withoutPassword(text: string, url: string): string {
  const { password } = new URL(url);
  return [password, decodeURIComponent(password)]
    .filter((secret) => secret !== '')
    .reduce((safe, secret) => safe.replaceAll(secret, '***'), text);
}

/**
 * Once in a process: what an earlier engine has left is freed as the garbage collector comes to it, and would be freed in
 * the memory of the instance that took its place.
 */
function instantiate(): void {
  if (isInstantiated) return;
  isInstantiated = true;
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const code = readFileSync(join(dirname(entry), 'schema_engine_bg.wasm'));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {
    './schema_engine_bg.js': { ...bindings },
  });
  bindings.__wbg_set_wasm(exports);
  const start = exports['__wbindgen_start'];
  if (typeof start === 'function') start();
  // The engine looks for this where Prisma's own command line puts it.
  Reflect.set(globalThis, 'PRISMA_WASM_PANIC_REGISTRY', {
    set_message: (message: string) => console.error(message),
  });
}

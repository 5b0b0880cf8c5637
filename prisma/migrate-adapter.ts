import { setTimeout as delay } from 'node:timers/promises';

import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import { failureCode } from '#libs/persistence/database/database-failure';
import type { DatabaseLimits } from '#libs/persistence/database/database-limits';

import { isConcurrent, runConcurrently } from './concurrent-index.js';

/** PostgreSQL's code for a lock that was not to be had in time. */
const LOCK_HELD = '55P03';
/** How often a lock is tried for, and how long those behind have in between, in milliseconds. */
const LOCK_TRIES = 30;
const LOCK_PAUSE = 1_000;

/** PostgreSQL's internal one-byte `"char"`, which its catalogue uses and the adapter does not know. */
const CHAR = 18;

/**
 * Prisma's own adapter with the two changes that migrations need: a script goes to the server whole, as splitting
 * it at `;` breaks functions and whole it rolls back if it fails; and the catalogue's `"char"` columns are read.
 */
export class MigrationAdapter implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';

  constructor(
    private readonly url: string,
    private readonly limits?: DatabaseLimits,
  ) {}

  async connect(): Promise<SqlDriverAdapter> {
    const pool = new ConnectionPool(this.url, 1, this.limits);
    const characters = readCharactersAsText(pool);
    const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
    const read = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await withPatience(() => read(query));
      for (const column of characters.get(result.rows) ?? []) {
        result.columnTypes[column] = ColumnTypeEnum.Character;
      }
      return result;
    };
    adapter.executeScript = (script) => withPatience(() => execute(pool, script));
    return adapter;
  }

  /** Neither applying migrations nor comparing a database with the schema needs one. */
  connectToShadowDb(): Promise<SqlDriverAdapter> {
    throw new Error('Migrations are applied without a shadow database');
  }
}

/**
 * Tries again what found a lock taken: while it waits for the lock of a table, all who come after it wait, too, so it
 * gives up soon and lets them through. What failed was rolled back whole.
 */
async function withPatience<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (failureCode(error) !== LOCK_HELD || tries === LOCK_TRIES) throw error;
      await delay(LOCK_PAUSE);
    }
  }
}

/** Has the pool call such columns text, which the adapter knows. @returns which they were, by the rows of a result */
function readCharactersAsText(pool: pg.Pool): WeakMap<unknown[][], number[]> {
  const characters = new WeakMap<unknown[][], number[]>();
  const query = async (config: pg.QueryArrayConfig) => {
    const client = await pool.connect();
    try {
      const result = await client.query(config);
      const columns = result.fields.flatMap(({ dataTypeID }, index) => (dataTypeID === CHAR ? [index] : []));
      characters.set(result.rows, columns);
      for (const field of result.fields) {
        if (field.dataTypeID === CHAR) field.dataTypeID = pg.types.builtins.TEXT;
      }
      return result;
    } finally {
      client.release();
    }
  };
  Object.defineProperty(pool, 'query', { value: query });
  return characters;
}

async function execute(pool: pg.Pool, script: string): Promise<void> {
  const client = await pool.connect();
  try {
    await (isConcurrent(script) ? runConcurrently(client, script) : client.query(script));
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new DriverAdapterError({
      kind: 'postgres',
      originalCode: error.code,
      code: error.code ?? 'N/A',
      severity: error.severity ?? 'N/A',
      message: error.message,
      detail: error.detail,
      column: error.column,
      hint: error.hint,
    });
  } finally {
    client.release();
  }
}

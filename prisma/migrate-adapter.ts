import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** PostgreSQL's internal one-byte `"char"`, which its catalogue uses and the adapter does not know. */
const CHAR = 18;

/**
 * Prisma's own adapter with the two changes that migrations need: a script goes to the server whole, as splitting
 * it at `;` breaks functions and whole it rolls back if it fails; and the catalogue's `"char"` columns are read.
 */
export class MigrationAdapter implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';

  constructor(private readonly url: string) {}

  async connect(): Promise<SqlDriverAdapter> {
    const pool = new pg.Pool({ connectionString: this.url, max: 1 });
    const characters = readCharactersAsText(pool);
    const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
    const read = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await read(query);
      for (const column of characters.get(result.rows) ?? []) {
        result.columnTypes[column] = ColumnTypeEnum.Character;
      }
      return result;
    };
    adapter.executeScript = (script) => execute(pool, script);
    return adapter;
  }

  /** Neither applying migrations nor comparing a database with the schema needs one. */
  connectToShadowDb(): Promise<SqlDriverAdapter> {
    throw new Error('Migrations are applied without a shadow database');
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
    await client.query(script);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new DriverAdapterError({
      kind: 'postgres',
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

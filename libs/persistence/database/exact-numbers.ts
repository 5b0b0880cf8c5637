import type { SqlQueryable, SqlResultSet, Transaction } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';

/**
 * PostgreSQL, whose 64-bit integers are read as JavaScript's numbers. Amounts of money are such integers, and the
 * database holds none past 2^53; were there one, it would be an error here and not another amount.
 */
export class ExactPg extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = readExactly(await super.connect());
    const begin = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolation) => readExactly<Transaction>(await begin(isolation));
    return adapter;
  }
}

function readExactly<Q extends Pick<SqlQueryable, 'queryRaw'>>(queryable: Q): Q {
  const ask = queryable.queryRaw.bind(queryable);
  queryable.queryRaw = async (query) => exact(await ask(query));
  return queryable;
}

function exact(answer: SqlResultSet): SqlResultSet {
  const places = answer.columnTypes.flatMap((type, at) => (type === ColumnTypeEnum.Int64 ? [at] : []));
  for (const row of answer.rows) for (const at of places) row[at] = number(row[at]);
  const columnTypes = answer.columnTypes.map((type) =>
    type === ColumnTypeEnum.Int64 ? ColumnTypeEnum.Double : type,
  );
  return { ...answer, columnTypes };
}

/** @param value as PostgreSQL writes it: digits, or null */
function number(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const read = Number(value);
  if (!Number.isSafeInteger(read)) throw new RangeError('the database has a number that JavaScript has not');
  return read;
}

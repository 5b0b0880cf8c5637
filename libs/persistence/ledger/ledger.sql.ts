import { LEDGER_KINDS, LEDGER_RULES, type Posting } from '#libs/domain/ledger/ledger';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

const SIDES = LEDGER_KINDS.flatMap((kind) => [
  { kind, account: LEDGER_RULES[kind].debit, sign: 1 },
  { kind, account: LEDGER_RULES[kind].credit, sign: -1 },
]);

/**
 * Books facts about an order's money. A fact that is in the books already is skipped: an answer, a webhook and the
 * reconciler may all report it.
 */
export function book(statement: ChangeStatement, postings: readonly Posting[]): void {
  if (postings.length === 0) return;
  const posted = statement.also(
    'posted',
    Prisma.sql`
      INSERT INTO ledger_transaction (order_id, kind, object_id, occurrence, amount, currency)
      SELECT o.id, p.kind, p.object_id, p.occurrence, p.amount, o.currency
      FROM ${statement.changed} c JOIN orders o ON o.id = c.id, ${postingRows(postings)}
      ON CONFLICT (kind, object_id, occurrence) DO NOTHING RETURNING id, kind, amount`,
  );
  statement.also('entered', entries(posted, postings));
  statement.answer(
    Prisma.sql`(SELECT jsonb_agg(jsonb_build_object('kind', kind, 'amount', amount)) FROM ${posted}) AS booked`,
  );
}

/** Postings as rows `p`. */
export const postingRows = (postings: readonly Posting[]) => Prisma.sql`
  unnest(${postings.map(({ kind }) => kind)}::text[], ${postings.map(({ objectId }) => objectId)}::text[],
    ${postings.map(({ amount }) => amount)}::bigint[], ${postings.map(({ occurrence = 1 }) => occurrence)}::int[])
    AS p (kind, object_id, amount, occurrence)`;

/** Enters both sides of each transaction. @param posted a table expression of transactions: `id`, `kind`, `amount` */
export function entries(posted: Prisma.Sql, postings: readonly Posting[]): Prisma.Sql {
  const sides = SIDES.filter(({ kind }) => postings.some((posting) => posting.kind === kind));
  return Prisma.sql`
    INSERT INTO ledger_entry (transaction_id, account, amount)
    SELECT t.id, s.account, s.sign * t.amount FROM ${posted} t JOIN unnest(${sides.map(({ kind }) => kind)}::text[],
      ${sides.map(({ account }) => account)}::text[], ${sides.map(({ sign }) => sign)}::int[]) AS s (kind, account, sign)
      ON s.kind = t.kind`;
}

import { LEDGER_KINDS, LEDGER_RULES, type Posting } from '#libs/domain/ledger/ledger';

import { Prisma } from '../generated/client.js';

const SIDES = LEDGER_KINDS.flatMap((kind) => [
  { kind, account: LEDGER_RULES[kind].debit, sign: 1 },
  { kind, account: LEDGER_RULES[kind].credit, sign: -1 },
]);

/**
 * Books facts about money, as expressions over `changed`. A fact that is in the books already is left alone: an
 * answer, a webhook and the reconciler may all tell of it.
 */
export function book(postings: readonly Posting[]): Prisma.Sql[] {
  if (postings.length === 0) return [];
  const sides = SIDES.filter(({ kind }) => postings.some((posting) => posting.kind === kind));
  return [
    Prisma.sql`posted AS (
      INSERT INTO ledger_transaction (order_id, kind, object_id, amount, currency)
      SELECT o.id, p.kind, p.object_id, p.amount, o.currency FROM changed c JOIN orders o ON o.id = c.id,
        unnest(${postings.map(({ kind }) => kind)}::text[], ${postings.map(({ objectId }) => objectId)}::text[],
          ${postings.map(({ amount }) => amount)}::bigint[]) AS p (kind, object_id, amount)
      ON CONFLICT (kind, object_id) DO NOTHING RETURNING id, kind, amount)`,
    Prisma.sql`entered AS (
      INSERT INTO ledger_entry (transaction_id, account, amount)
      SELECT p.id, s.account, s.sign * p.amount FROM posted p JOIN unnest(${sides.map(({ kind }) => kind)}::text[],
        ${sides.map(({ account }) => account)}::text[], ${sides.map(({ sign }) => sign)}::int[]) AS s (kind, account, sign)
        ON s.kind = p.kind)`,
  ];
}

// Raw SQL: transactions are read with their entries by one statement, at every sync.
import type { Account, LedgerKind } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';

import type { Database } from '../database/database.js';

/** A fact about money, as booked. Amounts are minor units, debits positive. */
export interface LedgerTransaction {
  readonly id: string;
  readonly at: string;
  readonly kind: LedgerKind;
  readonly objectId: string;
  readonly amount: number;
  readonly currency: string;
  readonly entries: readonly { readonly account: Account; readonly amount: number }[];
}

/** Reads the books; they are written with the changes that move money (`OrderChange.posts`). */
export class LedgerRepository {
  constructor(private readonly db: Database) {}

  /** An order's transactions, oldest first. */
  async ofOrder(id: OrderId): Promise<LedgerTransaction[]> {
    const rows = await this.db.$queryRaw<(Omit<LedgerTransaction, 'at'> & { at: Date })[]>`
      SELECT t.id::text AS id, t.at, t.kind, t.object_id AS "objectId", t.amount, t.currency,
        (SELECT jsonb_agg(jsonb_build_object('account', e.account, 'amount', e.amount) ORDER BY e.amount DESC)
          FROM ledger_entry e WHERE e.transaction_id = t.id) AS entries
      FROM ledger_transaction t WHERE t.order_id = ${id}::uuid ORDER BY t.at, t.id`;
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}

import { Prisma } from '../generated/client.js';

export interface Dispute {
  /** The provider's. */
  readonly id: string;
  /** Minor units. */
  readonly amount: number;
  /** The provider's words. */
  readonly status: string;
  readonly reason: string;
  readonly openedAt: Date;
}

/** Stores how a shopper's complaint at their bank stands, as an expression over `changed`. */
export const recordDispute = ({ id, amount, status, reason, openedAt }: Dispute) => Prisma.sql`
  disputed AS (INSERT INTO dispute (id, order_id, amount, status, reason, opened_at)
    SELECT ${id}, c.id, ${amount}, ${status}, ${reason}, ${openedAt} FROM changed c
    ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount, status = EXCLUDED.status, updated_at = now())`;

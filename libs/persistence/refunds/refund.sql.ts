import type { RefundLine, RefundReason, RefundState } from '#libs/domain/refund/refund';

import { Prisma } from '../generated/client.js';

export interface NewRefund {
  readonly id: string;
  /** Minor units. */
  readonly amount: number;
  readonly reason: RefundReason;
  /** Whether the goods of `lines` are back in stock. */
  readonly restock: boolean;
  /** Empty, unless it was made by lines. */
  readonly lines: readonly RefundLine[];
  readonly requestedBy: string;
}

/** Stores a refund that is booked with the change, as expressions over `changed`; its goods go back into stock. */
export const addRefund = (refund: NewRefund) => [
  Prisma.sql`refund_row AS (
    INSERT INTO refund (id, order_id, amount, reason, restock, lines, requested_by)
    SELECT ${refund.id}::uuid, id, ${refund.amount}, ${refund.reason}, ${refund.restock},
      ${JSON.stringify(refund.lines)}::jsonb, ${refund.requestedBy} FROM changed RETURNING id)`,
  ...(refund.restock
    ? [
        Prisma.sql`returned_goods AS (
          SELECT l.sku, r.quantity FROM changed c JOIN order_line l ON l.order_id = c.id
          JOIN jsonb_to_recordset(${JSON.stringify(refund.lines)}::jsonb) AS r ("lineId" uuid, quantity int)
            ON r."lineId" = l.id),
        restock_lock AS (
          SELECT p.sku FROM product p WHERE p.sku IN (SELECT sku FROM returned_goods) ORDER BY p.sku FOR UPDATE),
        restocked AS (
          INSERT INTO stock_movement (refund_id, sku, kind, quantity)
          SELECT f.id, g.sku, 'returned', g.quantity FROM refund_row f, returned_goods g),
        restocked_products AS (
          UPDATE product p SET on_hand = p.on_hand + g.quantity FROM returned_goods g JOIN restock_lock USING (sku)
          WHERE p.sku = g.sku)`,
      ]
    : []),
];

/** Notes that a refund exists at the provider, unless more is known of it; an expression over `changed`. */
export const refundCreated = (id: string, providerId: string) => Prisma.sql`
  created_refund AS (UPDATE refund r SET state = 'pending', provider_id = ${providerId}
    FROM changed WHERE r.id = ${id}::uuid AND r.state = 'requested')`;

/** Writes how a refund stands at the provider, as an expression over `changed`. */
export const settleRefund = (
  id: string,
  state: Exclude<RefundState, 'requested'>,
  { providerId, failure }: { providerId?: string; failure?: string } = {},
) => Prisma.sql`
  settled_refund AS (UPDATE refund r SET state = ${state}, provider_id = COALESCE(${providerId ?? null}, r.provider_id),
      failure = ${failure ?? null}, settled_at = CASE WHEN ${state === 'pending'} THEN NULL ELSE now() END
    FROM changed WHERE r.id = ${id}::uuid)`;

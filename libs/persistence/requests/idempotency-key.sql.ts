import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** What a request makes, and when. */
interface Claim {
  /** The order it is of, an expression over `from`. */
  readonly orderId?: Prisma.Sql;
  /** What it makes, where that is not the order itself. */
  readonly resourceId: string | null;
  /** A table expression, with its conditions, that has its one row exactly when the request may have its effect. */
  readonly from: Prisma.Sql;
}

/** Stores a request's key; returns a row exactly when this is the first request under it, and may have its effect. */
export const insertIdempotencyKey = (
  request: ScopedIdempotencyKey,
  { orderId, resourceId, from }: Claim,
) => Prisma.sql`
  INSERT INTO idempotency_key (principal, operation, key, request_hash, order_id, resource_id)
  SELECT ${request.principal}, ${request.operation}, ${request.key}, ${request.requestHash},
    ${orderId ?? Prisma.sql`NULL::uuid`}, ${resourceId}
  FROM ${from} ON CONFLICT DO NOTHING RETURNING resource_id`;

/** Only for the first request under a key. */
export function claimIdempotencyKey(
  statement: ChangeStatement,
  { key, makes }: { readonly key: ScopedIdempotencyKey; readonly makes: string },
): void {
  const order = Prisma.sql`${statement.before} b`;
  statement.claim(
    'asked',
    insertIdempotencyKey(key, { orderId: Prisma.sql`b.id`, resourceId: makes, from: order }),
  );
}

/**
 * Lets a change through for the first request under its key, and every one without: `asked` goes before what it lets
 * through, as a further expression, and `first` among its conditions.
 */
export function firstRequestOnly(request: ScopedIdempotencyKey | null, claim: Claim) {
  if (request === null) return { asked: [], first: Prisma.sql`true` };
  return {
    asked: [Prisma.sql`asked AS (${insertIdempotencyKey(request, claim)})`],
    first: Prisma.sql`EXISTS (SELECT 1 FROM asked)`,
  };
}

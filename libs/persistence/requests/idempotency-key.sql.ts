import { Prisma } from '../generated/client.js';
import type { ScopedIdempotencyKey } from './idempotency-key.repository.js';

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

/** The gate that opens for the first request under a key: an expression over `before`, for `OrderChange.gate`. */
export const claimIdempotencyKey = (request: ScopedIdempotencyKey, resourceId: string) =>
  insertIdempotencyKey(request, { orderId: Prisma.sql`id`, resourceId, from: Prisma.sql`before` });

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

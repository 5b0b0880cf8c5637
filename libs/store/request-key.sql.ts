import { Prisma } from './generated/client.js';
import type { RequestKey } from './order.repository.js';

/**
 * The gate that opens for the first request under a key: an expression over `before`, for `OrderChange.gate`.
 *
 * @param resourceId what the request makes, where that is not the order itself
 */
export const claimKey = (request: RequestKey, resourceId: string | null = null) => Prisma.sql`
  INSERT INTO idempotency_key (principal, operation, key, request_hash, order_id, resource_id)
  SELECT ${request.principal}, ${request.operation}, ${request.key}, ${request.requestHash}, id, ${resourceId}
  FROM before ON CONFLICT DO NOTHING RETURNING order_id`;

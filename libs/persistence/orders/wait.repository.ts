// Raw SQL: a wait takes its deadline from the row of its order and the database's clock.
import type { OrderId } from '#libs/domain/order/order-id';
import type { StepName } from '#libs/domain/order/steps';

import type { Database } from '../database/database.js';

/** Steps that are being retried, and why. */
export class WaitRepository {
  constructor(private readonly db: Database) {}

  /**
   * Notes that an attempt failed.
   *
   * @param nextTryIn milliseconds until the next attempt; null when the last one has been spent
   * @param error a failure's code
   */
  async failed(
    orderId: OrderId,
    step: StepName,
    wait: { attempt: number; nextTryIn: number | null; error: string; beforePayment: boolean },
  ): Promise<void> {
    await this.db.$executeRaw`
      INSERT INTO order_wait (order_id, placed_at, step, attempt, next_try_at, last_error, deadline)
      SELECT o.id, o.created_at, ${step}, ${wait.attempt}, now() + ${wait.nextTryIn}::float8 * interval '1 millisecond', ${wait.error},
        CASE WHEN ${wait.beforePayment}
          THEN COALESCE(o.started_at, o.created_at) + (o.policy ->> 'reservationTtl')::float8 * interval '1 millisecond' END
      FROM orders o WHERE o.id = ${orderId}::uuid
      ON CONFLICT (order_id, step) DO UPDATE SET
        attempt = EXCLUDED.attempt, next_try_at = EXCLUDED.next_try_at, last_error = EXCLUDED.last_error,
        deadline = CASE WHEN order_wait.durable AND order_wait.deadline > now() THEN order_wait.deadline
          ELSE COALESCE(EXCLUDED.deadline, order_wait.deadline) END`;
  }

  /** How the attempt before failed; null where none has. */
  async lastError(orderId: OrderId, step: StepName): Promise<string | null> {
    const wait = await this.db.orderWait.findUnique({
      where: { orderId_step: { orderId, step } },
      select: { lastError: true },
    });
    return wait?.lastError ?? null;
  }

  /** Notes that a step which had failed has been done. What lasts until a deadline is still waited for. */
  async recovered(orderId: OrderId, step: StepName): Promise<void> {
    await this.db.$executeRaw`
      WITH waiting AS (
        UPDATE order_wait SET attempt = 0, next_try_at = NULL, last_error = NULL
        WHERE order_id = ${orderId}::uuid AND step = ${step} AND durable)
      DELETE FROM order_wait WHERE order_id = ${orderId}::uuid AND step = ${step} AND NOT durable`;
  }
}

import type { OrderChange } from '#libs/domain/order/order-change';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from './change-statement.js';

/** What the order waits for once it is changed. Where another run resumes it, `leaveRun` ends the waits. */
export function writeWaits(
  statement: ChangeStatement,
  { ended = [], begun, stuck, restarts }: Pick<OrderChange, 'ended' | 'begun' | 'stuck' | 'restarts'>,
): void {
  const { changed } = statement;
  if (ended.length > 0 && !restarts) {
    statement.also(
      'ended',
      Prisma.sql`DELETE FROM order_wait w USING ${changed} c WHERE w.order_id = c.id AND w.step = ANY(${[...ended]})`,
    );
  }
  if (begun) {
    statement.also(
      'begun',
      Prisma.sql`
        INSERT INTO order_wait (order_id, placed_at, step, deadline, durable)
        SELECT id, created_at, ${begun.step}, now() + ${begun.for} * interval '1 millisecond', true FROM ${changed}
        ON CONFLICT (order_id, step) DO UPDATE SET durable = true, attempt = 0, next_try_at = NULL,
          last_error = NULL, deadline = EXCLUDED.deadline`,
    );
  }
  if (stuck) {
    statement.also(
      'stuck',
      Prisma.sql`
        INSERT INTO order_wait (order_id, placed_at, step, last_error)
        SELECT id, created_at, ${stuck.step}, ${stuck.error} FROM ${changed}
        ON CONFLICT (order_id, step) DO UPDATE SET next_try_at = NULL, last_error = EXCLUDED.last_error`,
    );
  }
}

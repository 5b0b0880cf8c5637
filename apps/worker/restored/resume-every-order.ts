import type { OrderId } from '#libs/domain/order/order-id';
import type { Store } from '#libs/persistence/store';
import type { OrderRuns } from '#libs/temporal/order-runs';

const BATCH = 200;
const RESTORED = 'restored';

/**
 * Decides for each open order that another run resumes it: the one there is knows of things that the database does not, or
 * the other way round. The sweeper starts the new runs and ends the old ones.
 */
export async function resumeEveryOrder(
  store: Store,
  runs: OrderRuns,
): Promise<{ readonly orders: number; readonly refunds: number }> {
  let orders = 0;
  for (let after: OrderId | null = null; ;) {
    const open: OrderId[] = await store.runs.openAfter(after, BATCH);
    for (const id of open) if (await resume(store, runs, id)) orders += 1;
    after = open.at(-1) ?? null;
    if (open.length < BATCH) break;
  }
  return { orders, refunds: await store.runs.restartRefunds() };
}

/** @returns false where the order has ended meanwhile, or waits for its first run */
async function resume(store: Store, runs: OrderRuns, id: OrderId): Promise<boolean> {
  const last = await store.runs.last(id);
  if (last === null) return false;
  const there = await runs.visibility.describe(id);
  if (there === null && !last.isStarted) return false;
  // Temporal may know of more runs than the database: the new one comes after them.
  for (let run = last.run; run <= Math.max(last.run, there?.run ?? 0); run += 1) {
    await store.orders.markStarted(id, run);
    await store.runs.decideRestart(await store.orders.get(id), run, RESTORED, 'workflow');
  }
  return true;
}

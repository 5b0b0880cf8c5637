import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';
import { temporalFailureSentence } from '#libs/temporal/temporal-failure';

import { RESTORED } from './restored/restored-command.js';
import { resumeEveryOrder } from './restored/resume-every-order.js';

/** Has every open order resumed by another run, after a restore: `npm run restored`. */
async function run(): Promise<void> {
  const env = environmentFor(['store', 'temporal']);
  const store = Store.open(env.store.DATABASE_URL, 1, databaseLimits(env.store));
  const client = lazyClient(env.temporal);
  try {
    const { orders, refunds } = await resumeEveryOrder(store, new OrderRuns(client, store));
    console.log(
      `${orders} open orders and ${refunds} refunds are resumed by new runs, once a worker is there.`,
    );
  } finally {
    await client.connection.close();
    await store.close();
  }
}

await runCommand(
  RESTORED,
  () => run(),
  (error) => failureSentence(error) ?? temporalFailureSentence(error, process.env['TEMPORAL_ADDRESS'] ?? ''),
);

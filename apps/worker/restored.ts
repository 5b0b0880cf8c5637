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

/** More than the events that readers may have seen, and the backup does not have. */
const PLACES_LEFT_OUT = 1_000_000;

/** Has every open order resumed by another run, after a restore, and the stream of events go on: `npm run restored`. */
async function run(): Promise<void> {
  const env = environmentFor(['store', 'temporal']);
  const store = Store.open(env.store.DATABASE_URL, 1, databaseLimits(env.store));
  const client = lazyClient(env.temporal);
  try {
    await store.events.skip(PLACES_LEFT_OUT);
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

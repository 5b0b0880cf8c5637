import type { OptionValues } from '#libs/command/command-line';
import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';

import {
  DISCREPANCIES_OPEN,
  comparedText,
  discrepanciesTable,
  RECONCILE,
} from './reconciliation/reconcile-command.js';
import { reconcileNow } from './reconciliation/reconcile-schedule.js';

/** How many discrepancies are shown. */
const SHOWN = 200;
/** How long the reconciliation may take. Milliseconds. */
const TIMEOUT = 3_600_000;

/** Reconciles now and lists the open discrepancies: `npm run reconcile`. @returns the exit code */
async function run({
  since,
  'min-age': minimumAge,
}: OptionValues<typeof RECONCILE.options>): Promise<number> {
  const env = environmentFor(['store', 'temporal']);
  const store = Store.open(env.store.DATABASE_URL, 1, databaseLimits(env.store));
  const client = lazyClient(env.temporal);
  try {
    console.error('Reconciling …');
    const result = await reconcileNow(client, { since: Date.now() - since, minimumAge }, TIMEOUT);
    const discrepancies = await store.discrepancies.list({ state: 'open', limit: SHOWN });
    console.error(comparedText(result));
    if (discrepancies.length === 0) {
      console.log('The books agree.');
      return 0;
    }
    console.log(discrepanciesTable(discrepancies));
    return DISCREPANCIES_OPEN;
  } finally {
    await client.connection.close();
    await store.close();
  }
}

await runCommand(
  RECONCILE,
  ({ options }) => run(options),
  (error) => failureSentence(error) ?? undefined,
);

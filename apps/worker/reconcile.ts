import type { OptionValues } from '#libs/command/command-line';
import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';

import { BOOKS_DIFFER, comparedText, findingsTable, RECONCILE } from './reconciliation/reconcile-command.js';
import { reconcileNow } from './reconciliation/reconcile-schedule.js';

/** How many findings are shown. */
const SHOWN = 200;
/** How long a worker has to take it up and finish. Milliseconds. */
const TIMEOUT = 3_600_000;

/** Compares the books now and shows what is open: `npm run reconcile`. @returns the exit code */
async function run({ since, settle }: OptionValues<typeof RECONCILE.options>): Promise<number> {
  const env = environmentFor(['store', 'temporal']);
  const store = Store.open(env.store.DATABASE_URL, 1, databaseLimits(env.store));
  const client = lazyClient(env.temporal);
  try {
    console.error('A worker compares the books …');
    const result = await reconcileNow(client, { since: Date.now() - since, settle }, TIMEOUT);
    const findings = await store.findings.list({ state: 'open', limit: SHOWN });
    console.error(comparedText(result));
    if (findings.length === 0) {
      console.log('The books agree.');
      return 0;
    }
    console.log(findingsTable(findings));
    return BOOKS_DIFFER;
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

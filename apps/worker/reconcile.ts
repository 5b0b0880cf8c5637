import { environmentFor, InvalidEnvironment } from '#libs/config/environment';
import { answerHelp } from '#libs/config/help';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';

import {
  BadCommand,
  comparedText,
  discrepanciesTable,
  HELP,
  parseReconcileCommand,
} from './reconciliation/reconcile-command.js';
import { reconcileNow } from './reconciliation/reconcile-schedule.js';

/** How many discrepancies are shown. */
const SHOWN = 200;
/** How long the reconciliation may take. Milliseconds. */
const TIMEOUT = 3_600_000;

/** Reconciles now and lists the open discrepancies: `npm run reconcile`. @returns the exit code */
async function run(args: readonly string[]): Promise<number> {
  const { since, minimumAge } = parseReconcileCommand(args);
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
    return 2;
  } finally {
    await client.connection.close();
    await store.close();
  }
}

answerHelp(HELP);
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.exitCode = 1;
  if (error instanceof BadCommand || error instanceof InvalidEnvironment) console.error(error.message);
  else {
    const sentence = failureSentence(error);
    if (sentence === null) throw error;
    console.error(sentence);
  }
}

import type { CommandLine } from '#libs/command/command-line';
import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { failureSentence } from '#libs/persistence/database/database-failure';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';
import { temporalFailureSentence } from '#libs/temporal/temporal-failure';
import { WorkerDeployment } from '#libs/temporal/worker-deployment';

import { DEPLOY, deployCommand } from './deployment/deploy-command.js';
import { Deployment } from './deployment/deployment.js';
import { deploymentStatus } from './deployment/deployment-status.js';
import { workerVersion } from './worker-version.js';

const DEFAULT_DEPLOYMENT = 'orders';

/** Shows the builds of the workers, and says which takes the orders: `npm run deploy`. */
async function run(line: CommandLine<typeof DEPLOY.options>): Promise<void> {
  const env = environmentFor(['store', 'temporal', 'deployment']);
  const own = workerVersion(env.deployment);
  const command = deployCommand(line, own?.buildId ?? null);
  const store = Store.open(env.store.DATABASE_URL, 1, databaseLimits(env.store));
  const client = lazyClient(env.temporal);
  const name = line.options.deployment ?? own?.deploymentName ?? DEFAULT_DEPLOYMENT;
  const deployment = new Deployment(new WorkerDeployment(client, name), store.runs, (text) =>
    console.log(text),
  );
  try {
    if (command.does === 'promote') await deployment.promote(command.build, command.wait);
    else if (command.does === 'ramp') await deployment.ramp(command.build, command.percentage, command.wait);
    else if (command.does === 'unramp') await deployment.unramp();
    else if (command.does === 'retire') await deployment.retire(command.build);
    else console.log(await deploymentStatus(name, deployment, await store.runs.openVersions()));
  } finally {
    await client.connection.close();
    await store.close();
  }
}

await runCommand(
  DEPLOY,
  run,
  (error) => failureSentence(error) ?? temporalFailureSentence(error, process.env['TEMPORAL_ADDRESS'] ?? ''),
);

/**
 * Preloaded by `npm run worker` and `npm run api` with `node --import`: gives the program the environment the
 * local stack has, in its own process, so that signals and `kill -9` reach the program itself.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { asksForHelp } from '#libs/command/command-line';
import { InvalidEnvironment } from '#libs/config/settings';

import { dataFault } from '../stack/kept-data.js';
import { followKeptPorts } from '../stack/kept-ports.js';
import { localSettings } from '../stack/local-settings.js';
import { whenNpmEnds } from '../stack/processes/npm-parent.js';
import { isListening } from '../stack/processes/ports.js';
import { DATA_DIR, PROJECT_ROOT } from '../build/project.js';
import { keepSecrets, keptSecrets } from '../stack/secrets.js';

whenNpmEnds(() => process.kill(process.pid, 'SIGTERM'));
if (!asksForHelp(process.argv.slice(2))) await prepare().catch(end);

async function prepare(): Promise<void> {
  if (existsSync(join(PROJECT_ROOT, '.env'))) process.loadEnvFile(join(PROJECT_ROOT, '.env'));
  followKeptPorts(process.env);
  const secrets = keptSecrets();
  const { environment, variables, embedded } = localSettings(process.env, { dataDir: DATA_DIR, ...secrets });
  Object.assign(process.env, variables);
  keepSecrets(secrets);
  const { POSTGRES_PORT, TEMPORAL_PORT } = environment.local;
  const needed = [
    ...(embedded.postgres ? [POSTGRES_PORT] : []),
    ...(embedded.temporal ? [TEMPORAL_PORT] : []),
  ];
  const running = await Promise.all(needed.map((port) => isListening(port)));
  if (running.includes(false)) {
    console.error(
      'PostgreSQL or Temporal is not running here. In another terminal: npm start -- --without api --without worker',
    );
  }
}

function end(error: unknown): never {
  const fault = error instanceof InvalidEnvironment ? error.message : dataFault(error);
  if (fault === undefined) throw error;
  console.error(fault);
  process.exit(1);
}

import { CATALOGUE } from '../stack/catalogue.js';
import { startFoundTemporal } from '../stack/temporal/found-temporal.js';
import { type LocalSettings } from '../stack/local-settings.js';
import { plainStep, stockShop } from '../stack/own-stack.js';
import { startPostgres } from '../stack/postgres/postgres.js';
import { type Step } from '../stack/steps.js';
import type { Processes } from './processes.js';
import type { Programs } from './programs.js';

export interface StageParts {
  settings: LocalSettings;
  programs: Programs;
  processes: Processes;
  /** Told of the key that the shop calls the API with. */
  onApiKey(key: string): void;
}

/** What stands on the stage through all acts; the API and the worker come on with the first one. */
export function stageSteps({ settings, programs, processes, onApiKey }: StageParts): Step[] {
  const { local, store, temporal } = settings.environment;
  return [
    plainStep('postgres', 'Starting PostgreSQL, with an empty database', () =>
      startPostgres({
        port: local.POSTGRES_PORT,
        logFile: programs.logFile('postgres'),
        onStart: processes.add,
      }),
    ),
    plainStep('migrations', 'Applying migrations', () => programs.migrations()),
    plainStep('catalogue', 'Filling the catalogue, making an API key', async () => {
      onApiKey(await stockShop(store.DATABASE_URL, CATALOGUE, 'demo'));
    }),
    plainStep('temporal', 'Starting Temporal', async (progress) => {
      await startFoundTemporal(progress, process.env, {
        port: local.TEMPORAL_PORT,
        namespaces: [temporal.TEMPORAL_NAMESPACE],
        logFile: programs.logFile('temporal'),
        onStart: processes.add,
      });
    }),
    plainStep('sandbox', 'Starting the sandbox: gateway and carrier', () => programs.sandbox()),
    plainStep('mail', 'Starting the mail catcher', () => programs.mail()),
  ];
}

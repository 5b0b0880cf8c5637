import { SCOPES } from '#libs/store/api-key.repository';
import { Store } from '#libs/store/store';

import { CATALOGUE } from '../catalogue.js';
import { type LocalSettings } from '../local-settings.js';
import { startPostgres } from '../postgres.js';
import { type Step } from '../steps.js';
import { startTemporal } from '../temporal.js';
import { findTemporal, temporalWays } from '../temporal-executable.js';
import { type Progress } from '../terminal.js';
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
  const line = (part: Step['part'], doing: string, run: (progress: Progress) => Promise<unknown>): Step => ({
    part,
    doing,
    async run(progress) {
      await run(progress);
      return undefined;
    },
  });
  return [
    line('postgres', 'Starting PostgreSQL, with an empty database', () =>
      startPostgres({
        port: local.POSTGRES_PORT,
        logFile: programs.logFile('postgres'),
        onStart: processes.add,
      }),
    ),
    line('migrations', 'Applying migrations', () => programs.migrations()),
    line('catalogue', 'Filling the catalogue, making an API key', async () => {
      const opened = Store.open(store.DATABASE_URL, 1);
      try {
        await opened.catalogue.seed(CATALOGUE);
        onApiKey(await opened.apiKeys.create('demo', SCOPES));
      } finally {
        await opened.close();
      }
    }),
    line('temporal', 'Starting Temporal', async (progress) => {
      const ways = temporalWays({ env: process.env, onStart: processes.add });
      const executable = await findTemporal((note) => (progress.note = note), ways);
      delete progress.note;
      await startTemporal({
        executable,
        port: local.TEMPORAL_PORT,
        namespaces: [temporal.TEMPORAL_NAMESPACE],
        logFile: programs.logFile('temporal'),
        onStart: processes.add,
      });
    }),
    line('sandbox', 'Starting the sandbox: gateway and carrier', () => programs.sandbox()),
    line('mail', 'Starting the mail catcher', () => programs.mail()),
  ];
}

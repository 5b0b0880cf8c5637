import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Child, runChild, startChild } from '../stack/processes/child.js';
import type { Processes } from '../demo/processes.js';
import type { Programs } from '../demo/programs.js';
import { startFoundTemporal } from '../stack/temporal/found-temporal.js';
import { plainStep, stockShop } from '../stack/own-stack.js';
import { programPath } from '../build/project.js';
import type { Step } from '../stack/steps.js';
import { BARE_NAMESPACE, HANDED_OVER } from './bare-order.js';
import { startCountedPostgres } from './counted-postgres.js';
import { GOODS } from './goods.js';
import type { PartName } from './measured-parts.js';
import type { Rig } from './rig.js';

export interface RigParts {
  rig: Rig;
  programs: Programs;
  folder: string;
  processes: Processes;
}

/** How the rig is put together: as `npm start` does it, with counters, and a worker for the bare workflows. */
export function rigSteps({ rig, programs, folder, processes }: RigParts): Step[] {
  const { local, store, temporal } = rig.settings.environment;
  mkdirSync(join(folder, 'logs'));
  /** Keeps the pid of the program itself, not of what is run once beside it, such as initdb. */
  const keeping = (part: PartName) => (child: Child) => {
    processes.add(child);
    if (child.lasts) rig.pids.set(part, child.pid);
  };
  const keep = (part: PartName, { pid }: Child) => rig.pids.set(part, pid);
  return [
    plainStep('postgres', 'Starting PostgreSQL, with pg_stat_statements', () =>
      startCountedPostgres({
        folder,
        port: local.POSTGRES_PORT,
        logFile: programs.logFile('postgres'),
        onStart: keeping('postgres'),
      }),
    ),
    plainStep('migrations', 'Applying migrations', () => programs.migrations()),
    plainStep('catalogue', 'Filling the catalogue, making an API key', async () => {
      rig.apiKey = await stockShop(store.DATABASE_URL, GOODS, 'bench');
    }),
    plainStep('temporal', 'Starting Temporal, on a file', async (progress) => {
      await startFoundTemporal(progress, process.env, {
        port: local.TEMPORAL_PORT,
        namespaces: [temporal.TEMPORAL_NAMESPACE, BARE_NAMESPACE],
        file: join(folder, 'temporal', 'temporal.db'),
        logFile: programs.logFile('temporal'),
        onStart: keeping('temporal'),
      });
    }),
    plainStep('sandbox', 'Starting the sandbox: gateway and carrier', async () =>
      keep('sandbox', await programs.sandbox()),
    ),
    plainStep('mail', 'Starting a mail server that keeps nothing', () => rig.mails.listen(local.SMTP_PORT)),
    plainStep('api', 'Starting the API', async () => keep('api', await programs.api({}))),
    plainStep('worker', 'Starting the worker', async () => keep('worker', (await programs.worker()).child)),
    plainStep('worker', 'Starting the bare workflow’s worker', async () => {
      const bundle = join(folder, 'bare-order.bundle.js');
      const own = { command: process.execPath, cwd: folder, env: rig.settings.variables };
      await runChild({
        ...own,
        name: 'bare bundle',
        args: [programPath('dev/bench/bare-bundle.js'), bundle],
        onStart: processes.add,
      });
      await startChild({
        ...own,
        name: 'bare worker',
        args: [programPath('dev/bench/bare-worker.js'), temporal.TEMPORAL_ADDRESS, bundle],
        logFile: programs.logFile('bare-worker'),
        ready: /^bare worker ready/,
        onStart: keeping('bareWorker'),
        onLine(said) {
          if (said.startsWith(HANDED_OVER)) rig.signalArrival(said.slice(HANDED_OVER.length));
        },
      });
    }),
  ];
}

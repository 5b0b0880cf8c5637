import { join } from 'node:path';

import { DATA_DIR } from '../build/project.js';
import { onKeptData } from '../stack/kept-data.js';
import type { PartName } from '../stack/parts.js';
import type { Stack } from '../stack/stack.js';
import type { Step } from '../stack/step.js';

const inData = (...names: string[]) => names.map((name) => join(DATA_DIR, name));

/** The parts of `npm start`, on kept data. A part that a real one replaces has no step, except for the migrations. */
export function startSteps(stack: Stack, without: ReadonlySet<PartName>): Step[] {
  const { embedded, environment } = stack.settings;
  const database = embedded.postgres ? inData('postgres', 'postgres-location') : [];
  const history = join(DATA_DIR, 'temporal', 'temporal.db');
  const seed = () => stack.programs.run('catalogue', 'dev/stack/seed.js');
  const table: readonly { step: Step; isWanted?: boolean; keptIn?: readonly string[] }[] = [
    { step: stack.postgres({ folder: DATA_DIR }), isWanted: embedded.postgres, keptIn: database },
    { step: stack.migrations(), keptIn: database },
    { step: stack.seedData(seed), isWanted: embedded.postgres, keptIn: database },
    {
      step: stack.temporal({ file: history, uiPort: environment.local.TEMPORAL_UI_PORT }),
      isWanted: embedded.temporal,
      keptIn: [history],
    },
    {
      step: stack.sandbox(),
      isWanted: embedded.gateway || embedded.carrier,
      keptIn: inData('sandbox.json'),
    },
    { step: stack.mail(join(DATA_DIR, 'mail')), isWanted: embedded.mail },
    { step: stack.api() },
    { step: stack.worker() },
  ];
  return table
    .filter(({ step, isWanted = true }) => isWanted && !without.has(step.part))
    .map(({ step, keptIn = [] }) => onKeptData(step, keptIn));
}

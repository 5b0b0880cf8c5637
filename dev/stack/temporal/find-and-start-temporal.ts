import type { Progress } from '../../terminal/terminal.js';
import { findTemporal, temporalSources } from './temporal-executable.js';
import { startTemporal, type Temporal, type TemporalOptions } from './temporal.js';

/** Starts Temporal with the first executable found. A download may take minutes; the progress shows its state. */
export async function findAndStartTemporal(
  progress: Progress,
  env: NodeJS.ProcessEnv,
  options: Omit<TemporalOptions, 'executable'>,
): Promise<Temporal> {
  const sources = temporalSources({ env, onStart: options.onStart });
  const executable = await findTemporal((note) => (progress.note = note), sources);
  delete progress.note;
  return startTemporal({ ...options, executable });
}

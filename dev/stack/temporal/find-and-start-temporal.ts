import type { Progress } from '../../terminal/terminal.js';
import { findTemporal, temporalSources } from './temporal-executable.js';
import { startTemporal, type Temporal, type TemporalOptions } from './temporal.js';

/** Starts Temporal with the first executable there is. Getting one may take minutes; the progress says how it goes on. */
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

import { type Temporal, type TemporalOptions, startTemporal } from './temporal.js';
import { findTemporal, temporalWays } from './temporal-executable.js';
import type { Progress } from '../../command/terminal.js';

/** Starts Temporal with the first executable there is, and says how getting one goes on, which may take minutes. */
export async function startFoundTemporal(
  progress: Progress,
  env: NodeJS.ProcessEnv,
  options: Omit<TemporalOptions, 'executable'>,
): Promise<Temporal> {
  const ways = temporalWays({ env, onStart: options.onStart });
  const executable = await findTemporal((note) => (progress.note = note), ways);
  delete progress.note;
  return startTemporal({ ...options, executable });
}

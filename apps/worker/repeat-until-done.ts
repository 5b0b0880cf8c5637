import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from '#libs/telemetry/logger';

export interface Repetition {
  /** Milliseconds until the next attempt after a failure. */
  readonly pause: number;
  /** The line of the log about a failure. */
  readonly warning: string;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
  /** Failures that another attempt cannot change; left out, there are none. */
  readonly isFinal?: (error: unknown) => boolean;
}

/**
 * Repeats what a worker does at its start until it succeeds: Temporal or the database may be away then. Returns then, or
 * when `stopping` aborts.
 *
 * @throws what `isFinal` accepts
 */
export async function repeatUntilDone(
  attempt: () => Promise<void>,
  { pause, warning, logger, stopping, isFinal = () => false }: Repetition,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      return await attempt();
    } catch (error) {
      if (stopping.aborted) return;
      if (isFinal(error)) throw error;
      logger.warn({ err: error }, warning);
    }
    await delay(pause, undefined, { signal: stopping }).catch(() => undefined);
  }
}

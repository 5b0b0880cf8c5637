import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import { LOG } from '../logging/log.js';

/**
 * Calls to Temporal that nobody waits for: what they tell is stored already, and the sweeper repeats it when
 * they fail.
 */
@Injectable()
export class BestEffortSignals {
  private readonly pending = new Set<Promise<void>>();

  constructor(@Inject(LOG) private readonly log: Logger) {}

  /** @param what the call's name in the log */
  send(what: string, orderId: string, nudge: () => Promise<void>): void {
    const sent = nudge()
      .catch((err: unknown) =>
        this.log.warn({ err, what, orderId }, 'a nudge failed; the sweeper repeats it'),
      )
      .finally(() => this.pending.delete(sent));
    this.pending.add(sent);
  }

  /** Resolves once every call has come to its end. */
  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }
}

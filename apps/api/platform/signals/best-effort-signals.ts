import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import { LOG } from '../logging/log.js';

/** Calls to Temporal that no request waits for: their cause is stored, and the sweeper repeats those that fail. */
@Injectable()
export class BestEffortSignals {
  private readonly pending = new Set<Promise<void>>();

  constructor(@Inject(LOG) private readonly log: Logger) {}

  send(signal: string, orderId: string, call: () => Promise<void>): void {
    const sent = call()
      .catch((err: unknown) =>
        this.log.warn({ err, signal, orderId }, 'a signal failed; the sweeper repeats it'),
      )
      .finally(() => this.pending.delete(sent));
    this.pending.add(sent);
  }

  /** Waits until every pending call has ended. */
  async flush(): Promise<void> {
    await Promise.all(this.pending);
  }
}

import { setTimeout as delay } from 'node:timers/promises';

import type { EventStreamRepository } from '#libs/persistence/events/event-stream.repository';
import type { Logger } from '#libs/telemetry/logger';

/** How many events get their places by one statement. */
const BATCH = 500;
/** Until the next look for events that have no place, and after a failure. Milliseconds. */
const PAUSES = { idle: 250, failed: 2_000 } as const;

/**
 * Gives the events that were written with their changes a place in the stream. Every worker does so, because each of them
 * may be stopped; the database lets one work at a time.
 */
export class EventSequencer {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly events: Pick<EventStreamRepository, 'sequence'>,
    private readonly logger: Logger,
    /** Is called once there is something to send. */
    private readonly onDeliveries: () => void = () => undefined,
    private readonly pauses: { readonly idle: number; readonly failed: number } = PAUSES,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const pause = await this.pauseAfterBatch();
      if (pause > 0) await delay(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** @returns milliseconds until the next batch: none where it may already be there */
  private async pauseAfterBatch(): Promise<number> {
    try {
      const { events, deliveries } = await this.events.sequence(BATCH);
      if (deliveries > 0) this.onDeliveries();
      return events < BATCH ? this.pauses.idle : 0;
    } catch (error) {
      this.logger.warn({ err: error }, 'events could not be put in the stream; it is tried again');
      return this.pauses.failed;
    }
  }
}

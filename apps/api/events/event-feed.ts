import { setTimeout as pause } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import type { Logger } from 'pino';

import type { EventRecord, EventStreamRepository } from '#libs/persistence/events/event-stream.repository';
import { Store } from '#libs/persistence/store';

import { LOG } from '../platform/logging/log.js';
import { presentEvent } from './event.presenter.js';
import type { EventStream, ToldEvent } from './event-stream.js';
import { eventMessage } from './stream-messages.js';

/** Events of one read: what is written to a reader at most before it has taken what came before. */
const PAGE = 200;
/** How many reads at once bring streams up to the feed: they must leave connections to requests. */
const CATCH_UP_READS = 2;
/** Milliseconds until the next read, at the most where the writing took long, and after one that failed. */
const PAUSES = { idle: 250, longest: 500, failed: 1_000 } as const;
/** The pause after a read, in times that writing its events to all streams took: thousands use a part of a core. */
const REST = 12;

type Events = Pick<EventStreamRepository, 'page' | 'end'>;

/**
 * Reads the newest events once for all streams that are open, and reads nothing while none is. A stream that resumes, or
 * whose reader fell behind, reads pages of its own until it has come up to the feed.
 */
@Injectable()
export class EventFeed {
  /** Those that have come up to the feed are in `live`, too. */
  private readonly open = new Set<EventStream>();
  private readonly live = new Set<EventStream>();
  private readonly catchUps = new PQueue({ concurrency: CATCH_UP_READS });
  private readonly events: Events;
  /** The last place that all live streams were told. */
  private position = 0;
  private reading: Promise<void> | null = null;

  constructor(
    @Inject(Store) { events }: { readonly events: Events },
    @Inject(LOG) private readonly log: Pick<Logger, 'warn'>,
  ) {
    this.events = events;
  }

  /**
   * Begins a stream, and tells it all events behind a place, each once, until it is closed.
   *
   * @param after left out, what comes from now on is told
   * @returns once the stream has begun; throws what the database does, before it has
   */
  async follow(stream: EventStream, after?: number): Promise<void> {
    this.open.add(stream);
    stream.closed.addEventListener('abort', () => this.leave(stream), { once: true });
    if (!stream.isOpen) this.leave(stream);
    try {
      await this.startReading();
    } catch (error) {
      this.leave(stream);
      throw error;
    }
    if (!stream.isOpen) return;
    stream.begin(after ?? this.position);
    if (after === undefined) this.live.add(stream);
    else void this.catchUp(stream);
  }

  private leave(stream: EventStream): void {
    this.open.delete(stream);
    this.live.delete(stream);
  }

  private async startReading(): Promise<void> {
    this.reading ??= this.begin();
    await this.reading;
  }

  private async begin(): Promise<void> {
    try {
      this.position = await this.events.end();
      void this.readOn();
    } catch (error) {
      this.reading = null;
      throw error;
    }
  }

  private async readOn(): Promise<void> {
    while (this.open.size > 0) await pause(await this.read());
    this.reading = null;
  }

  /** @returns milliseconds until the next read */
  private async read(): Promise<number> {
    try {
      const page = await this.events.page({ after: this.position, limit: PAGE });
      const began = performance.now();
      if (page === null) await this.resetAll();
      else this.tell(page.events.map(told), page.cursor);
      if (page?.hasMore) return 0;
      return Math.min(Math.max(PAUSES.idle, (performance.now() - began) * REST), PAUSES.longest);
    } catch (err) {
      this.log.warn({ err }, 'the stream of events could not be read; it is tried again');
      return PAUSES.failed;
    }
  }

  private tell(events: readonly ToldEvent[], position: number): void {
    this.position = position;
    for (const stream of this.live) {
      if (!stream.isBehind) stream.tell(events, position);
      else if (events.length > 0) {
        this.live.delete(stream);
        void this.catchUp(stream);
      }
    }
  }

  /** Events were removed faster than they were read, or the database was restored to an earlier time. */
  private async resetAll(): Promise<void> {
    this.position = await this.events.end();
    for (const stream of this.live) stream.reset(this.position);
  }

  /** Reads a stream's own pages. Between the last look at the feed's place and its joining nothing else can run. */
  private async catchUp(stream: EventStream): Promise<void> {
    try {
      do {
        await stream.taken();
        await this.catchUps.add(() => this.catchUpBy(stream));
      } while (stream.isOpen && stream.position < this.position);
      if (stream.isOpen) this.live.add(stream);
    } catch (err) {
      this.log.warn({ err }, 'a stream of events could not go on; its reader opens it again');
      stream.close('failed');
    }
  }

  private async catchUpBy(stream: EventStream): Promise<void> {
    if (!stream.isOpen) return;
    const page = await this.events.page({ ...stream.interest, after: stream.position, limit: PAGE });
    if (page === null) stream.reset(this.position);
    else stream.tell(page.events.map(told), page.cursor);
  }
}

const told = (event: EventRecord): ToldEvent => ({
  sequence: event.sequence,
  type: event.type,
  orderId: event.orderId,
  message: eventMessage(presentEvent(event)),
});

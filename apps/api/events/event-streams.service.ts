import type { ServerResponse } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import type { Principal } from '#libs/persistence/requests/api-key.repository';
import { Metrics } from '#libs/telemetry/metrics';

import { Credentials } from '../platform/auth/credentials.js';
import { LOG } from '../platform/logging/log.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { exemptFromLimit } from '../platform/server/connection-limit.js';
import { markStreaming } from '../platform/server/streaming-response.js';
import { Settings } from '../settings.js';
import { EventFeed } from './event-feed.js';
import { EventStream, type Interest } from './event-stream.js';

/** Milliseconds between two looks at all streams. */
const UPKEEP = 500;
/** Milliseconds between two looks at all of their keys and sessions: the streams of one that is revoked, or ends, end within this time. */
const KEY_CHECK = 5_000;
/** Milliseconds over which readers come back, at other processes, when this one stops. */
const COMEBACK = { from: 200, to: 2_000 } as const;

/** The streams that are open at this process: how many there may be, and when each ends. */
@Injectable()
export class EventStreams {
  private readonly open = new Map<EventStream, Principal>();
  private readonly closed;
  private upkeep: NodeJS.Timeout | undefined;
  private keysCheckedAt = 0;
  private hasEnded = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly settings: Settings,
    private readonly credentials: Credentials,
    @Inject(LOG) private readonly log: Logger,
    metrics: Metrics,
  ) {
    metrics.gauge('event_streams_open', (gauge) => gauge.set(this.open.size));
    this.closed = metrics.counter('event_streams_closed_total');
  }

  /**
   * Answers a request with a stream.
   *
   * @param after the event read last; left out, what comes from now on is told
   * @returns once the stream has begun
   * @throws ProblemError too_many_streams, unavailable
   */
  async answer(
    response: ServerResponse,
    caller: Principal,
    interest: Interest,
    after?: number,
  ): Promise<void> {
    this.refuseTooMany(caller.service);
    const stream = new EventStream(response, interest);
    this.open.set(stream, caller);
    stream.closed.addEventListener('abort', () => this.open.delete(stream), { once: true });
    if (!stream.isOpen) this.open.delete(stream);
    try {
      await this.feed.follow(stream, after);
    } catch (error) {
      this.open.delete(stream);
      throw error;
    }
    if (!stream.isOpen) return;
    markStreaming(response);
    if (response.socket) exemptFromLimit(response.socket);
    this.lookAfter(stream);
  }

  /** Ends all streams: the process stops. One that is opened after this is begun and ended, so that its reader comes back. */
  end(): void {
    this.hasEnded = true;
    for (const stream of this.open.keys()) stream.close('stopping', comeback());
  }

  private refuseTooMany(service: string): void {
    const { atMost, perService } = this.settings.eventStreams;
    if (this.open.size >= atMost)
      throw new ProblemError('unavailable', 'This process has as many event streams open as it may.');
    const own = [...this.open.values()].filter((caller) => caller.service === service).length;
    if (own >= perService) throw new ProblemError('too_many_streams');
  }

  private lookAfter(stream: EventStream): void {
    // Not all at once, where all were opened at once.
    const lifetime = this.settings.eventStreams.duration * (0.9 + Math.random() * 0.1);
    const over = setTimeout(() => stream.close('duration'), lifetime).unref();
    stream.closed.addEventListener(
      'abort',
      () => {
        clearTimeout(over);
        this.closed.inc({ reason: stream.endedBy });
      },
      { once: true },
    );
    if (this.hasEnded) stream.close('stopping', comeback());
    this.upkeep ??= setInterval(() => this.lookAfterAll(), UPKEEP).unref();
  }

  private lookAfterAll(): void {
    if (this.open.size === 0) {
      clearInterval(this.upkeep);
      this.upkeep = undefined;
      return;
    }
    const { heartbeat } = this.settings.eventStreams;
    for (const stream of this.open.keys()) {
      stream.beat(heartbeat);
      stream.cutOffIfStuck(2 * heartbeat);
    }
    if (Date.now() - this.keysCheckedAt < KEY_CHECK) return;
    this.keysCheckedAt = Date.now();
    this.closeThoseWithoutKey().catch((err: unknown) =>
      this.log.warn({ err }, 'the keys of event streams could not be looked at; it is tried again'),
    );
  }

  private async closeThoseWithoutKey(): Promise<void> {
    const streams = [...this.open];
    const working = await this.credentials.working([
      ...new Set(streams.map(([, { credentialId }]) => credentialId)),
    ]);
    for (const [stream, { credentialId }] of streams) if (!working.has(credentialId)) stream.close('key');
  }
}

const comeback = () => COMEBACK.from + Math.random() * (COMEBACK.to - COMEBACK.from);

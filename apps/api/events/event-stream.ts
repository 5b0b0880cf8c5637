import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { EventType } from '#libs/domain/events/event-types';
import type { OrderId } from '#libs/domain/order/order-id';

import { abortOnDisconnect } from '../platform/server/abort-on-disconnect.js';
import { heartbeatMessage, positionMessage, resetMessage, retryMessage } from './stream-messages.js';

/** An event as every stream writes it. */
export interface ToldEvent {
  readonly sequence: number;
  readonly type: EventType;
  readonly orderId: OrderId;
  readonly message: string;
}

/** Which events a stream has. */
export interface Interest {
  /** Left out, all. */
  readonly types?: readonly EventType[] | undefined;
  /** Left out, those of all orders. */
  readonly orderId?: OrderId | undefined;
}

/** Why a stream was closed, for the metric. */
export type StreamEnd = 'reader' | 'slow' | 'key' | 'duration' | 'stopping' | 'failed';

/** Milliseconds that a reader waits before it opens a stream again that broke. */
const RETRY = 2_000;

export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // Neither stored, nor compressed or held back by a proxy; the second is nginx's own.
  'Cache-Control': 'no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
} as const;

/** A stream that one reader has open: what was written to it, and whether the reader takes it. */
export class EventStream {
  /** The last place of the stream that was told, or passed over. */
  position = 0;
  /** Aborted once it is closed, by the reader or by this process. */
  readonly closed: AbortSignal;
  private end: StreamEnd = 'reader';
  private wroteAt = Date.now();
  private stuckSince: number | null = null;

  constructor(
    private readonly response: ServerResponse,
    readonly interest: Interest,
  ) {
    this.closed = abortOnDisconnect(response);
    response.on('drain', () => {
      this.stuckSince = null;
    });
  }

  get isOpen(): boolean {
    return !this.closed.aborted && !this.response.writableEnded;
  }

  /** Whether the request was answered: what is not a stream yet is neither written to nor closed. */
  private get hasBegun(): boolean {
    return this.response.headersSent;
  }

  /** Why it was closed. */
  get endedBy(): StreamEnd {
    return this.end;
  }

  /** Whether the reader has yet to take what was written before. */
  get isBehind(): boolean {
    return this.stuckSince !== null;
  }

  /** Answers the request. @param position behind which events are told */
  begin(position: number): void {
    this.response.writeHead(200, STREAM_HEADERS);
    this.position = position;
    this.write(retryMessage(RETRY) + positionMessage(position));
  }

  /** Tells those of the events that are of interest and were not told. @param position of the last event that was read */
  tell(events: readonly ToldEvent[], position: number): void {
    const { types, orderId } = this.interest;
    const messages = events
      .filter(
        (event) =>
          event.sequence > this.position &&
          (types?.includes(event.type) ?? true) &&
          (orderId === undefined || event.orderId === orderId),
      )
      .map(({ message }) => message);
    this.position = Math.max(this.position, position);
    if (messages.length > 0) this.write(messages.join(''));
  }

  /** Says that events are gone, and goes on behind a place. */
  reset(position: number): void {
    this.position = position;
    this.write(resetMessage(position));
  }

  /** @param after milliseconds of silence */
  beat(after: number, now = Date.now()): void {
    if (this.hasBegun && !this.isBehind && now - this.wroteAt >= after)
      this.write(heartbeatMessage(this.position));
  }

  /** Cuts off a reader that has taken nothing for so many milliseconds. */
  cutOffIfStuck(after: number, now = Date.now()): void {
    if (this.stuckSince !== null && now - this.stuckSince >= after) this.cutOff('slow');
  }

  /** Resolves when the reader has taken what was written, or the stream is closed. */
  async taken(): Promise<void> {
    if (this.isBehind) await once(this.response, 'drain', { signal: this.closed }).catch(() => undefined);
  }

  /** @param retry milliseconds that the reader waits before it opens a stream again */
  close(reason: StreamEnd, retry = RETRY): void {
    if (!this.isOpen || !this.hasBegun) return;
    // What the reader does not take would hold the connection open.
    if (this.isBehind) return this.cutOff(reason);
    this.end = reason;
    this.response.end(retryMessage(retry));
  }

  private cutOff(reason: StreamEnd): void {
    this.end = reason;
    this.response.destroy();
  }

  private write(text: string): void {
    if (!this.isOpen) return;
    this.wroteAt = Date.now();
    if (!this.response.write(text)) this.stuckSince ??= this.wroteAt;
  }
}

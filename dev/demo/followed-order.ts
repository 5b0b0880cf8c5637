import { setTimeout as sleep } from 'node:timers/promises';

import type { OrderView } from '#libs/contracts/http/order-view.api';
import { orderId, type OrderId } from '#libs/domain/order/order-id';

import { eventLine, type Wait, waitLine } from './report-lines.js';
import type { OrderEvent, Shop } from '../clients/shop.js';
import type { DemoReport } from './demo-report.js';

/** Milliseconds. */
const POLL_INTERVAL = 200;
const TIMEOUT = 60_000;
const ENDS: ReadonlySet<string> = new Set(['order.closed', 'order.rejected']);

/** An order that is polled: each of its events is reported as soon as it is seen. */
export class FollowedOrder {
  readonly id: OrderId;
  /** What it waited for, each state of it once. */
  readonly waits: Wait[] = [];
  private events: readonly OrderEvent[] = [];

  constructor(
    placed: OrderView,
    private readonly shop: Shop,
    private readonly report: DemoReport,
    private readonly stopping: AbortSignal,
  ) {
    this.id = orderId(placed.id);
  }

  /** Waits until its audit trail has such an entry, and returns the first. @throws Error when none comes */
  async event(type: string): Promise<OrderEvent> {
    return this.seen(({ type: each }) => each === type, type);
  }

  /** Waits until the order is closed. */
  async end(): Promise<OrderEvent> {
    return this.seen(({ type }) => ENDS.has(type), 'the end');
  }

  /** Follows it for a time. @param ms milliseconds */
  async followFor(ms: number): Promise<void> {
    const over = Date.now() + ms;
    for (let left = ms; left > 0; left = over - Date.now()) {
      await this.read();
      await sleep(Math.min(POLL_INTERVAL, Math.max(over - Date.now(), 0)), undefined, {
        signal: this.stopping,
      });
    }
  }

  /** Follows it until it has waited in such a way. @throws Error when it does not */
  async waitedFor(accepts: (wait: Wait) => boolean): Promise<void> {
    const deadline = Date.now() + TIMEOUT;
    while (!this.waits.some(accepts)) {
      if (Date.now() > deadline) throw new Error(`it did not wait in that way within ${TIMEOUT / 1_000} s`);
      await this.followFor(POLL_INTERVAL);
    }
  }

  /** How often its audit trail has such an entry, of those that were seen. */
  times(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  private async seen(accepts: (event: OrderEvent) => boolean, what: string): Promise<OrderEvent> {
    const deadline = Date.now() + TIMEOUT;
    for (;;) {
      await this.read();
      const event = this.events.find(accepts);
      if (event) return event;
      if (Date.now() > deadline) throw new Error(`${what} did not come within ${TIMEOUT / 1_000} s`);
      await sleep(POLL_INTERVAL, undefined, { signal: this.stopping });
    }
  }

  private async read(): Promise<void> {
    this.stopping.throwIfAborted();
    const [order, events] = await Promise.all([this.shop.order(this.id), this.shop.events(this.id)]);
    for (const event of events.slice(this.events.length)) this.report.systemEvent(eventLine(event));
    this.events = events;
    const { waitingFor } = order;
    const last = this.waits.at(-1);
    if (!waitingFor || (last?.step === waitingFor.step && last.attempt === waitingFor.attempt)) return;
    this.waits.push(waitingFor);
    this.report.systemEvent(waitLine(waitingFor, Date.now()));
  }
}

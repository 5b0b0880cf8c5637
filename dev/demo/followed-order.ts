import { setTimeout as sleep } from 'node:timers/promises';

import type { OrderView } from '#libs/contracts/http/order-view.api';
import { orderId, type OrderId } from '#libs/domain/order/order-id';

import { eventLine, type Wait, waitLine } from './report-lines.js';
import type { OrderEvent, Shop } from './shop.js';
import type { Story } from './story.js';

/** How often an order is looked at, in milliseconds. */
const EVERY = 200;
const PATIENCE = 60_000;
const ENDS: ReadonlySet<string> = new Set(['order.closed', 'order.rejected']);

/** An order that somebody watches: whatever happens to it is told as soon as it is seen. */
export class FollowedOrder {
  readonly id: OrderId;
  /** What it waited for, each state of it once. */
  readonly waits: Wait[] = [];
  private events: readonly OrderEvent[] = [];

  constructor(
    placed: OrderView,
    private readonly shop: Shop,
    private readonly story: Story,
    private readonly stopping: AbortSignal,
  ) {
    this.id = orderId(placed.id);
  }

  /** Waits until its audit trail has such an entry, and returns the first. @throws Error when none comes */
  async event(type: string): Promise<OrderEvent> {
    return this.seen(({ type: each }) => each === type, type);
  }

  /** Waits until nothing is left to do for it. */
  async end(): Promise<OrderEvent> {
    return this.seen(({ type }) => ENDS.has(type), 'the end');
  }

  /** Watches it for as long. @param ms milliseconds */
  async during(ms: number): Promise<void> {
    const over = Date.now() + ms;
    for (let left = ms; left > 0; left = over - Date.now()) {
      await this.look();
      await sleep(Math.min(EVERY, Math.max(over - Date.now(), 0)), undefined, { signal: this.stopping });
    }
  }

  /** Watches it until it has waited in such a way. @throws Error when it does not */
  async waitedFor(accepts: (wait: Wait) => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!this.waits.some(accepts)) {
      if (Date.now() > deadline) throw new Error(`it did not wait so within ${PATIENCE / 1_000} s`);
      await this.during(EVERY);
    }
  }

  /** How often its audit trail has such an entry, of those that were seen. */
  times(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  private async seen(accepts: (event: OrderEvent) => boolean, what: string): Promise<OrderEvent> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      await this.look();
      const event = this.events.find(accepts);
      if (event) return event;
      if (Date.now() > deadline) throw new Error(`${what} did not come within ${PATIENCE / 1_000} s`);
      await sleep(EVERY, undefined, { signal: this.stopping });
    }
  }

  private async look(): Promise<void> {
    this.stopping.throwIfAborted();
    const [order, events] = await Promise.all([this.shop.order(this.id), this.shop.events(this.id)]);
    for (const event of events.slice(this.events.length)) this.story.reports(eventLine(event));
    this.events = events;
    const { waitingFor } = order;
    const last = this.waits.at(-1);
    if (!waitingFor || (last?.step === waitingFor.step && last.attempt === waitingFor.attempt)) return;
    this.waits.push(waitingFor);
    this.story.reports(waitLine(waitingFor, Date.now()));
  }
}

import { Outage } from '#libs/domain/order/failure';
import type { Database } from '#libs/persistence/database/database';
import { OrderRepository } from '#libs/persistence/orders/order.repository';
import { StockRepository } from '#libs/persistence/stock/stock.repository';
import { Store } from '#libs/persistence/store';

import { type HeldCall, latch } from './held-port.js';

/** The deaths and pauses that a test has scripted, by the type of the event after whose commit they happen. */
export class Deaths {
  readonly #ordered = new Map<string, () => Promise<void>>();

  /** The next attempt that writes an event of this type dies right after its commit: written, and never answered. */
  after(eventType: string): void {
    this.#ordered.set(eventType, () => Promise.reject(new Outage('died_after_commit')));
  }

  /** Holds the next attempt that writes an event of this type right after its commit, until it is released. */
  hold(eventType: string): HeldCall {
    const stopped = latch();
    const going = latch();
    this.#ordered.set(eventType, () => {
      stopped.open();
      return going.wait;
    });
    return { stopped: stopped.wait, release: going.open };
  }

  /** @throws Error naming the deaths that have not happened, which a test would otherwise count as survived */
  assertStruck(): void {
    const outstanding = [...this.#ordered.keys()];
    this.#ordered.clear();
    if (outstanding.length > 0) throw new Error(`nothing wrote ${outstanding.join(', ')}, so nothing died`);
  }

  /** What was ordered for an event happens, once. @throws Outage when that is a death */
  async strike(eventType: string | undefined): Promise<void> {
    const ordered = eventType === undefined ? undefined : this.#ordered.get(eventType);
    if (eventType === undefined || !ordered) return;
    this.#ordered.delete(eventType);
    await ordered();
  }
}

/**
 * The orders of a worker that can be killed, or held, between the commit of a fact and the next step.
 * To Temporal a death looks like any attempt that gave no answer: it makes another.
 */
class DyingOrders extends OrderRepository {
  constructor(
    database: Database,
    private readonly deaths: Deaths,
  ) {
    super(database);
  }

  override async write(...[order, decide]: Parameters<OrderRepository['write']>) {
    let eventType: string | undefined;
    const written = await super.write(order, async (current) => {
      const change = await decide(current);
      eventType = change?.event.type;
      return change;
    });
    if (written) await this.deaths.strike(eventType);
    return written;
  }

  override async writeAndRead(...[change, statement]: Parameters<OrderRepository['writeAndRead']>) {
    const written = await super.writeAndRead(change, statement);
    if (written) await this.deaths.strike(change.event.type);
    return written;
  }
}

/** A store for a worker: like any other, until a death happens. */
export class DyingStore extends Store {
  override readonly orders: DyingOrders;
  override readonly stock: StockRepository;

  constructor(database: Database, deaths: Deaths) {
    super(database);
    this.orders = new DyingOrders(database, deaths);
    this.stock = new StockRepository(this.orders, this.effects);
  }
}

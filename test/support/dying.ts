import { Outage } from '#libs/order/failure';
import type { Database } from '#libs/store/database';
import type { OrderChange } from '#libs/store/order-change';
import type { OrderRecord } from '#libs/store/order-record';
import { OrderRepository } from '#libs/store/order.repository';
import { StockRepository } from '#libs/store/stock.repository';
import { Store } from '#libs/store/store';

/** The deaths a test has ordered, by the type of the event after whose commit they strike. */
export class Deaths {
  readonly #ordered = new Set<string>();

  /** The next attempt that writes an event of this type dies right after its commit: written, and never answered. */
  after(eventType: string): void {
    this.#ordered.add(eventType);
  }

  /** @throws Error naming the deaths that have not struck, which a test would otherwise take for survived */
  assertStruck(): void {
    const outstanding = [...this.#ordered];
    this.#ordered.clear();
    if (outstanding.length > 0) throw new Error(`nothing wrote ${outstanding.join(', ')}, so nothing died`);
  }

  /** Whether it strikes now; once. */
  strikes(eventType: string | undefined): boolean {
    return eventType !== undefined && this.#ordered.delete(eventType);
  }
}

/**
 * Orders as a worker sees them that can be killed between the commit of a fact and its next breath. To Temporal
 * that looks like any attempt that gave no answer: it makes another.
 */
class DyingOrders extends OrderRepository {
  constructor(
    database: Database,
    private readonly deaths: Deaths,
  ) {
    super(database);
  }

  override async change(
    order: OrderRecord,
    decide: (order: OrderRecord) => OrderChange | null,
  ): Promise<boolean> {
    let eventType: string | undefined;
    const written = await super.change(order, (current) => {
      const change = decide(current);
      eventType = change?.event.type;
      return change;
    });
    if (written && this.deaths.strikes(eventType)) throw new Outage('died_after_commit');
    return written;
  }
}

/** A store for a worker: like any other, until a death strikes. */
export class DyingStore extends Store {
  override readonly orders: DyingOrders;
  override readonly stock: StockRepository;

  constructor(database: Database, deaths: Deaths) {
    super(database);
    this.orders = new DyingOrders(database, deaths);
    this.stock = new StockRepository(this.orders, this.effects);
  }
}

import type { OrderChange } from '#libs/domain/order/order-change';
import type { Booking, OrderListener } from '#libs/persistence/orders/order-listener';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import type { LabelOf } from './metric-catalogue.js';
import type { Metrics } from './metrics.js';

type OrderCounter =
  'orders_accepted_total' | 'orders_ended_total' | 'order_money_booked_total' | 'order_steps_parked_total';

/** Counts what this process writes about orders. */
export class OrderMetrics implements Omit<OrderListener, 'read'> {
  private readonly money;
  private readonly acceptedOrders;
  private readonly ended;
  private readonly parked;

  /** @param of the process: only the API accepts orders, only a worker parks and ends them */
  constructor(metrics: Metrics, of: 'api' | 'worker') {
    const only = <N extends OrderCounter>(process: 'api' | 'worker', name: N) =>
      of === process ? metrics.counter(name) : null;
    this.money = metrics.counter('order_money_booked_total');
    this.acceptedOrders = only('api', 'orders_accepted_total');
    this.ended = only('worker', 'orders_ended_total');
    this.parked = only('worker', 'order_steps_parked_total');
  }

  accepted({ currency }: OrderRecord): void {
    this.acceptedOrders?.inc({ currency });
  }

  changed(before: OrderRecord, change: OrderChange, booked: readonly Booking[]): void {
    const { currency } = before;
    for (const { kind, amount } of booked) this.money.inc({ kind, currency }, amount);
    if (change.closes) this.ended?.inc(endOf(before, change));
    if (change.event.type === 'order.parked') this.parked?.inc({ step: change.opens?.step ?? 'none' });
  }
}

function endOf(
  before: OrderRecord,
  { next, endReason }: OrderChange,
): Record<LabelOf<'orders_ended_total'>, string> {
  return {
    status: next?.status ?? before.status,
    reason: endReason?.code ?? before.endReason?.code ?? 'none',
  };
}

import type { OrderChange } from '#libs/domain/order/order-change';
import type { OrderListener } from '#libs/persistence/orders/order-listener';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import type { Logger } from './logger.js';

/** The turns of an order that are lines of the log, by the event of the audit trail; the trail has the others, too. */
const LINES: Readonly<Record<string, readonly [level: 'info' | 'warn', message: string]>> = {
  'order.parked': ['warn', 'parked: an operator is asked'],
  'delivery.overdue': ['warn', 'the delivery is overdue: an operator is asked'],
  'attention.resolved': ['info', 'an operator has answered'],
  'cancellation.accepted': ['info', 'compensating: a cancellation was accepted'],
  'cancellation.refused': ['info', 'a cancellation was refused'],
  'shipment.cancelled': ['info', 'compensated: the shipment was cancelled'],
  'payment.voided': ['info', 'the payment was voided'],
  'refund.requested': ['info', 'a refund was requested'],
  'inventory.released': ['info', 'compensated: the goods were released'],
  'order.rejected': ['info', 'rejected'],
  'order.cancelled': ['info', 'cancelled'],
  'order.closed': ['info', 'closed'],
  'order.restarted': ['info', 'another run resumes the order'],
  'order.run_closed': ['warn', 'the run is gone: an operator is asked'],
  'order.run_stuck': ['warn', 'the run does not go on: an operator is asked'],
  'order.run_recovered': ['info', 'the run goes on again'],
};

/** Logs how an order goes on: parking, resuming, compensating, closing. Codes and states only. */
export class OrderLog implements Omit<OrderListener, 'read'> {
  constructor(private readonly logger: Logger) {}

  accepted({ id }: OrderRecord): void {
    this.logger.info({ orderId: id, event: 'order.accepted' }, 'accepted');
  }

  changed(before: OrderRecord, { event, followedBy, next, opens, endReason }: OrderChange): void {
    for (const type of followedBy ? [event.type, followedBy.type] : [event.type]) {
      const line = LINES[type];
      if (!line) continue;
      const [level, message] = line;
      this.logger[level](
        {
          orderId: before.id,
          event: type,
          status: next?.status ?? before.status,
          step: opens?.step ?? undefined,
          reason: opens?.reason ?? endReason?.code,
        },
        message,
      );
    }
  }
}

import type { StepActivities, CompensationResult } from '#libs/contracts/workflows/activities';
import { type CarrierEventType, type ShipmentReport } from '#libs/domain/fulfilment/carrier-event';
import { Outage, AttentionRequired, Refusal } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import { amountDifference } from '#libs/domain/payment/paid-amount';
import { isPickedUp } from '#libs/domain/order/states';
import type { Carrier, Parcel, ParcelStatus } from '#libs/shipping/carrier';
import type { InboxRepository, ParcelKey } from '#libs/persistence/fulfilment/inbox.repository';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';

import { type EffectJournal, refusalCode } from '../effect-journal.js';
import { requirePersonalData } from '../personal-data.js';

const shipKey = (orderId: OrderId) => `${orderId}:ship`;
const cancelKey = (orderId: OrderId) => `${orderId}:cancel-shipment`;

/** What a parcel's status at the carrier is called when the carrier reports it. */
const EVENTS: Readonly<Partial<Record<ParcelStatus, CarrierEventType>>> = {
  picked_up: 'shipment.picked_up',
  in_transit: 'shipment.in_transit',
  delivery_failed: 'shipment.delivery_failed',
  delivered: 'shipment.delivered',
  returned: 'shipment.returned',
};

/** Step 4, its compensation, and the lookup that ends an overdue wait. */
export class ShipmentActivities implements Pick<
  StepActivities,
  'createShipment' | 'cancelShipment' | 'checkDelivery'
> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly inbox: InboxRepository,
    private readonly journal: EffectJournal,
    private readonly carrier: Carrier,
    private readonly runs: Pick<OrderRuns, 'reportShipment'>,
    private readonly logger: Logger,
  ) {}

  async createShipment(orderId: OrderId): Promise<void> {
    await this.label(orderId, (order) => {
      if (order.payment === 'voided') throw new Refusal('payment_voided');
      // The parcel waits while it is not decided whether the amount paid is accepted.
      const difference = amountDifference(order);
      if (difference !== null) throw new AttentionRequired('amount_differs', difference);
      return this.carrier.createShipment(labelFor(order));
    });
  }

  async cancelShipment(orderId: OrderId): Promise<CompensationResult> {
    const label = await this.journal.close(orderId, shipKey(orderId));
    if (label.state === 'closed' || label.state === 'refused') return 'compensated';
    // A parcel in transit has to be stored here, even if an error prevented that before; any other need not be.
    if (label.state === 'started' && isUnderWay(await this.carrier.findShipment(orderId)))
      await this.label(orderId, () => Promise.reject(new Outage('parcel_not_recorded')));
    await this.journal.run<'cancelled' | 'too_late'>(orderId, {
      key: cancelKey(orderId),
      request: { reference: orderId },
      ask: async () => {
        const parcel = await this.carrier.findShipment(orderId);
        if (parcel === null || parcel.status === 'label_created') return null;
        return parcel.status === 'cancelled' ? 'cancelled' : 'too_late';
      },
      act: () => this.carrier.cancelShipment(orderId),
      outcome: (answer) => {
        if (answer === 'cancelled') {
          return {
            settlement: { state: 'done' },
            // A pick-up that was reported during the call to the carrier is newer than its answer.
            change: (current) =>
              isPickedUp(current.fulfilment) ? pickedUpAfterAll(current) : labelCancelled(current),
          };
        }
        return {
          settlement: { state: 'refused', result: { code: 'already_picked_up' } },
          change: (current) => {
            // Picked up just now, and not stored yet: the order is read once more.
            if (current.shipments.length === 0) throw new Outage('picked_up_concurrently');
            return pickedUpAfterAll(current);
          },
        };
      },
    });
    // Not from the carrier's answer: a pick-up may have been reported during the call.
    const { fulfilment } = await this.orders.get(orderId);
    return isPickedUp(fulfilment) ? 'too_late' : 'compensated';
  }

  async checkDelivery(orderId: OrderId): Promise<ShipmentReport | null> {
    const order = await this.orders.get(orderId);
    const parcel = await this.carrier.findShipment(orderId);
    const event = parcel && EVENTS[parcel.status];
    if (parcel && event) await this.inbox.applyLookup(order, event, parcel.trackingNumber);
    const { fulfilment } = await this.orders.get(orderId);
    return fulfilment === 'delivered' || fulfilment === 'returned' || fulfilment === 'lost'
      ? fulfilment
      : null;
  }

  /** Stores the order's parcel, which `buy` makes where there is none yet. */
  private async label(orderId: OrderId, buy: (order: OrderRecord) => Promise<Parcel>): Promise<void> {
    const settled = await this.journal.run<Parcel>(orderId, {
      key: shipKey(orderId),
      request: { reference: orderId },
      ask: () => this.carrier.findShipment(orderId),
      act: async (_, order) => buy(order),
      outcome: (parcel) => {
        // Cancelled at the carrier by hand: that closes its reference for good.
        if (parcel.status === 'cancelled') {
          const code = 'reference_cancelled';
          return {
            settlement: { state: 'refused', result: { code } },
            change: () => labelRefused(code),
          };
        }
        return {
          settlement: { state: 'done', providerId: parcel.trackingNumber },
          change: (order) => ({
            next: { fulfilment: 'ready' },
            event: {
              type: 'shipment.created',
              actor: 'carrier',
              details: { trackingNumber: parcel.trackingNumber },
            },
            begun: { step: 'deliver', for: order.policy.deliveryDeadline },
            parcel: { is: 'labelled', ...parcel },
          }),
        };
      },
      refused: labelRefused,
    });
    if (settled.state !== 'done') throw new Refusal(refusalCode(settled));
    if (settled.providerId !== undefined)
      await this.claimEarlyEvents({ orderId, trackingNumber: settled.providerId });
  }

  /** The carrier may have sent events of the parcel before we knew its number. */
  private async claimEarlyEvents(parcel: ParcelKey): Promise<void> {
    for (const report of await this.inbox.claim(parcel)) {
      try {
        await this.runs.reportShipment(report);
      } catch (error) {
        // The event is applied; the sweeper signals it to the run.
        this.logger.warn({ orderId: report.orderId, err: error }, 'a run could not be signalled its parcel');
      }
    }
  }
}

/** Whether the carrier has picked a parcel up. */
const isUnderWay = (parcel: Parcel | null) => parcel !== null && EVENTS[parcel.status] !== undefined;

const labelRefused = (code: string) => ({
  event: {
    type: 'shipment.refused',
    actor: code === 'payment_voided' ? 'workflow' : 'carrier',
    details: { reason: code },
  },
});

const labelCancelled = (order: OrderRecord) => ({
  ...(order.fulfilment === 'ready' ? { next: { fulfilment: 'reserved' } as const } : {}),
  event: { type: 'shipment.cancelled', actor: 'carrier' },
  ended: ['deliver'] as const,
  // Whether there ever was a label no longer matters.
  parcel: { is: 'cancelled' } as const,
  settlesOthers: { keys: [shipKey(order.id)], state: 'closed' } as const,
});

/** The carrier will not cancel because it has the parcel: that is a pick-up, and the cancellation is refused. */
const pickedUpAfterAll = (order: OrderRecord) => ({
  next:
    order.fulfilment === 'ready'
      ? {
          fulfilment: 'shipped' as const,
          ...(order.status === 'cancelling' ? { status: 'shipped' as const } : {}),
        }
      : {},
  event: { type: 'cancellation.refused', actor: 'carrier', details: { reason: 'already_shipped' } },
});

function labelFor(order: OrderRecord) {
  const { line1, line2, city, postalCode, region, country, phone } = requirePersonalData(
    order.shippingAddress,
  );
  return {
    reference: order.id,
    recipient: {
      name: requirePersonalData(order.customer).name,
      line1,
      line2: line2 ?? null,
      city,
      postalCode: postalCode ?? null,
      region: region ?? null,
      country,
      phone: phone ?? null,
    },
    items: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  };
}

import { condition, isCancellation, setHandler } from '@temporalio/workflow';

import type { StepActivities } from '#libs/contracts/workflows/activities';
import { shipmentReported } from '#libs/contracts/workflows/order-workflow';
import type { ShipmentReport } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { OrderStanding } from '#libs/domain/order/standing';
import type { Resolution } from '#libs/domain/order/steps';

import type { AttentionDesk, Ticket } from './saga/attention-desk.js';
import type { OrderSign } from './visibility.js';

const PROGRESS: Readonly<Record<ShipmentReport, number>> = { shipped: 1, lost: 2, delivered: 3, returned: 4 };
const STATUSES = {
  shipped: 'shipped',
  lost: 'undelivered',
  delivered: 'delivered',
  returned: 'undelivered',
} as const;

/** Hears where the parcel is from the first moment on; signals that repeat or come late change nothing. */
export function listenForDelivery(
  orderId: OrderId,
  policy: OrderPolicy,
  sign: OrderSign,
  desk: AttentionDesk,
  { checkDelivery }: StepActivities,
  /** How the delivery stood when this run took the order up. */
  standing: Pick<OrderStanding, 'parcel' | 'deliveryLeft'> | null,
) {
  let parcel: ShipmentReport | null = standing?.parcel ?? null;
  let patience = standing?.deliveryLeft ?? policy.deliveryDeadline;
  let waitedBefore = standing !== null;

  const note = (report: ShipmentReport) => {
    if (parcel !== null && PROGRESS[report] <= PROGRESS[parcel]) return;
    parcel = report;
    sign.status(STATUSES[report]);
  };
  setHandler(shipmentReported, ({ state }) => note(state));

  const arrived = () => parcel !== null && parcel !== 'shipped';

  return {
    /** Whether the parcel came back or is lost. */
    failed: () => parcel === 'returned' || parcel === 'lost',

    /** Waits for the first word of the parcel. @returns false where that is of its end already */
    async isUnderWay(): Promise<boolean> {
      await condition(() => parcel !== null);
      return parcel === 'shipped';
    },

    /**
     * Waits until the parcel has got somewhere for good. When the deadline passes it asks the carrier itself;
     * if that settles nothing it asks for a person, and goes on waiting.
     */
    async arrival(): Promise<void> {
      let overdue: Ticket | undefined;
      const ask = async () => {
        const found = await checkDelivery(orderId).catch(unlessCancelled);
        if (found) note(found);
      };
      const decided = () => DECISIONS.get(overdue?.answer()?.action ?? 'retry');
      try {
        // An answer may have come while a cancellation that was too late had stopped the waiting.
        if (waitedBefore) await ask();
        waitedBefore = true;
        while (!arrived()) {
          const heard = await condition(() => arrived() || decided() !== undefined, Math.max(patience, 1), {
            summary: 'Parcel is overdue',
          });
          patience = policy.deliveryDeadline;
          const decision = decided();
          if (decision) note(decision);
          if (heard) continue;
          await ask();
          if (!arrived()) overdue ??= await desk.open('delivery_overdue', 'deliver', 'deadline_passed');
        }
      } finally {
        await overdue?.close();
      }
    },
  };
}

/** What an operator's answer to an overdue delivery means. */
const DECISIONS: ReadonlyMap<Resolution, ShipmentReport> = new Map([
  ['skip', 'delivered'],
  ['fail', 'lost'],
]);

/** A carrier that cannot be asked is no reason to stop waiting: somebody is told either way. */
function unlessCancelled(error: unknown): null {
  if (isCancellation(error)) throw error;
  return null;
}

import { condition, isCancellation, setHandler } from '@temporalio/workflow';

import type { StepActivities } from '#libs/contracts/activities';
import { shipmentReported } from '#libs/contracts/order-workflow';
import type { ShipmentReport } from '#libs/order/carrier-event';
import type { OrderId } from '#libs/order/order-id';
import type { OrderPolicy } from '#libs/order/policy';

import type { AttentionDesk, Ticket } from './attention-desk.js';
import { showStatus } from './visibility.js';

const PROGRESS: Readonly<Record<ShipmentReport, number>> = { shipped: 1, lost: 2, delivered: 3, returned: 4 };

/** Hears where the parcel is from the first moment on; signals that repeat or come late change nothing. */
export function listenForDelivery(
  orderId: OrderId,
  policy: OrderPolicy,
  desk: AttentionDesk,
  { checkDelivery }: StepActivities,
) {
  let parcel: ShipmentReport | null = null;

  const note = (report: ShipmentReport) => {
    if (parcel !== null && PROGRESS[report] <= PROGRESS[parcel]) return;
    parcel = report;
    if (report === 'shipped') showStatus('shipped');
  };
  setHandler(shipmentReported, ({ state }) => note(state));

  const arrived = () => parcel !== null && parcel !== 'shipped';

  return {
    /** Whether the parcel came back or is lost. */
    failed: () => parcel === 'returned' || parcel === 'lost',

    /**
     * Waits until the parcel has got somewhere for good. When the deadline passes it asks the carrier itself;
     * if that settles nothing it asks for a person, and goes on waiting.
     */
    async arrival(): Promise<void> {
      let overdue: Ticket | undefined;
      try {
        while (!arrived()) {
          const news = () => arrived() || overdue?.answer() !== undefined;
          if (!(await condition(news, policy.deliveryDeadline))) {
            const found = await checkDelivery(orderId).catch(unlessCancelled);
            if (found) note(found);
            else overdue ??= await desk.open('delivery_overdue', 'deliver', 'deadline_passed');
          }
          if (overdue?.answer() === 'skip') note('delivered');
          if (overdue?.answer() === 'fail') note('lost');
        }
      } finally {
        await overdue?.close();
      }
    },
  };
}

/** A carrier that cannot be asked is no reason to stop waiting: somebody is told either way. */
function unlessCancelled(error: unknown): null {
  if (isCancellation(error)) throw error;
  return null;
}

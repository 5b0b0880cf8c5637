import { condition, isCancellation, setHandler } from '@temporalio/workflow';

import type { StepActivities } from '#libs/contracts/workflows/activities';
import { shipmentReported } from '#libs/contracts/workflows/order-workflow';
import type { ShipmentReport } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { ResumePoint } from '#libs/domain/order/resume-point';
import type { Resolution } from '#libs/domain/order/steps';

import type { AttentionHandle, AttentionRequests } from './saga/attention-requests.js';
import type { OrderSearchAttributes } from './visibility.js';

const PROGRESS: Readonly<Record<ShipmentReport, number>> = { shipped: 1, lost: 2, delivered: 3, returned: 4 };
const STATUSES = {
  shipped: 'shipped',
  lost: 'undelivered',
  delivered: 'delivered',
  returned: 'undelivered',
} as const;

/** Follows an order's parcel by the reports of its carrier. A repeated or late report changes nothing. */
export function listenForDelivery(
  orderId: OrderId,
  policy: OrderPolicy,
  searchAttributes: OrderSearchAttributes,
  attention: AttentionRequests,
  { checkDelivery }: StepActivities,
  /** Where this run resumes the order; null for its first run. */
  resumePoint: Pick<ResumePoint, 'parcel' | 'deliveryLeft'> | null,
) {
  let parcel: ShipmentReport | null = resumePoint?.parcel ?? null;
  let timeout = resumePoint?.deliveryLeft ?? policy.deliveryDeadline;
  let hasWaitedBefore = resumePoint !== null;

  const apply = (report: ShipmentReport) => {
    if (parcel !== null && PROGRESS[report] <= PROGRESS[parcel]) return;
    parcel = report;
    searchAttributes.setStatus(STATUSES[report]);
  };
  setHandler(shipmentReported, ({ state }) => apply(state));

  const isFinal = () => parcel !== null && parcel !== 'shipped';

  return {
    /** Whether the parcel was returned or is lost. */
    failed: () => parcel === 'returned' || parcel === 'lost',

    /** Waits for the first report. @returns false where that one is final */
    async isUnderWay(): Promise<boolean> {
      await condition(() => parcel !== null);
      return parcel === 'shipped';
    },

    /**
     * Waits for a final report. When the deadline passes it asks the carrier; without a final answer it opens an
     * attention and keeps waiting.
     */
    async arrival(): Promise<void> {
      let overdue: AttentionHandle | undefined;
      const check = async () => {
        const report = await checkDelivery(orderId).catch(unlessCancelled);
        if (report) apply(report);
      };
      const decision = () => DECISIONS.get(overdue?.answer()?.action ?? 'retry');
      try {
        // A report may have come while a cancellation that was too late had stopped the waiting.
        if (hasWaitedBefore) await check();
        hasWaitedBefore = true;
        while (!isFinal()) {
          const isReported = await condition(
            () => isFinal() || decision() !== undefined,
            Math.max(timeout, 1),
            { summary: 'Parcel is overdue' },
          );
          timeout = policy.deliveryDeadline;
          const decided = decision();
          if (decided) apply(decided);
          if (isReported) continue;
          await check();
          if (!isFinal()) overdue ??= await attention.open('delivery_overdue', 'deliver', 'deadline_passed');
        }
      } finally {
        await overdue?.resolve();
      }
    },
  };
}

/** What an operator's answer to an overdue delivery means. */
const DECISIONS: ReadonlyMap<Resolution, ShipmentReport> = new Map([
  ['skip', 'delivered'],
  ['fail', 'lost'],
]);

/** A carrier that does not answer is no reason to stop waiting: an attention is opened in any case. */
function unlessCancelled(error: unknown): null {
  if (isCancellation(error)) throw error;
  return null;
}

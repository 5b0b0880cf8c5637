import type Stripe from 'stripe';

import type { OrderRecord } from '#libs/store/order-record';

import type { Real } from './real.js';

/** Where an order's refunds and disputes are not what the gateway has, in words. */
export async function moneyThatDiffers({ id, number }: OrderRecord, real: Real): Promise<string[]> {
  const { refunds, disputes } = real.system.store;
  const [ours, theirs] = [await refunds.ofOrder(id), await real.refundsThere(id)];
  const known = new Map((await disputes.ofOrder(id)).map((dispute) => [dispute.id, dispute.status]));
  const strange = theirs.filter(
    ({ metadata }) => !ours.some((refund) => refund.id === metadata?.['refundId']),
  );
  return [
    ...ours.flatMap((refund) => {
      const there = stateThere(theirs.filter(({ metadata }) => metadata?.['refundId'] === refund.id));
      // What the gateway refuses to make fails without ever being there.
      const agree = there === refund.state || (there === null && refund.state === 'failed');
      return agree ? [] : [`${number}: refund ${refund.id} is ${refund.state} here, ${there} there`];
    }),
    ...strange.map((refund) => `${number}: nobody knows refund ${refund.id}`),
    ...(await real.disputesThere(id)).flatMap((dispute) =>
      known.get(dispute.id) === dispute.status
        ? []
        : [`${number}: dispute ${dispute.id} is ${known.get(dispute.id)} here, ${dispute.status} there`],
    ),
  ];
}

/** One that was asked for twice in doubt may be there twice, and has failed only when both have. */
function stateThere(refunds: readonly Stripe.Refund[]): string | null {
  const states = refunds.map(({ status }) => (status === 'canceled' ? 'failed' : status));
  return ['succeeded', 'pending', 'failed'].find((state) => states.includes(state)) ?? null;
}

import type { OrderRecord } from '#libs/persistence/orders/order-record';

import type { Real } from './real.js';

/** Where an order's refunds and disputes are not what the gateway has, in words. */
export async function moneyThatDiffers({ id, number }: OrderRecord, real: Real): Promise<string[]> {
  const { store } = real.system;
  const there = await real.moneyThere(id);
  const ours = await store.refunds.ofOrder(id);
  const known = new Map((await store.disputes.ofOrder(id)).map((dispute) => [dispute.id, dispute.status]));
  return [
    ...ours.flatMap((refund) => {
      const state = stateOf(there.refunds.filter(({ metadata }) => metadata['refundId'] === refund.id));
      // A refund that the gateway refuses fails without ever existing there.
      const agree = state === refund.state || (state === null && refund.state === 'failed');
      return agree ? [] : [`${number}: refund ${refund.id} is ${refund.state} here, ${state} there`];
    }),
    ...there.refunds.flatMap(({ id: made, metadata }) =>
      ours.some((refund) => refund.id === metadata['refundId'])
        ? []
        : [`${number}: the gateway has no refund ${made}`],
    ),
    ...there.disputes.flatMap((dispute) =>
      known.get(dispute.id) === dispute.status
        ? []
        : [`${number}: dispute ${dispute.id} is ${known.get(dispute.id)} here, ${dispute.status} there`],
    ),
  ];
}

/** A refund that was requested twice in doubt may exist twice, and has failed only when both have. */
function stateOf(refunds: readonly { readonly status: string }[]): string | null {
  const states = refunds.map(({ status }) => (status === 'canceled' ? 'failed' : status));
  return ['succeeded', 'pending', 'failed'].find((state) => states.includes(state)) ?? null;
}

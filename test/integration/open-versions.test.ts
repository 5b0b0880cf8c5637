import { expect, it } from 'vitest';

import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

let bench: Bench;
useBench((opened) => {
  bench = opened;
}, 'orders in progress');

it('an order is counted under the workflow version it was accepted with, until it is closed', async () => {
  expect(await bench.store.runs.openVersions()).toEqual([]);
  // Of before there were versions.
  const old = await bench.accepted({ policy: { workflowVersion: undefined } });
  await bench.accepted({ policy: { workflowVersion: 1 } });
  const next = await bench.accepted({ policy: { workflowVersion: 2 } });
  expect(await bench.store.runs.openVersions()).toEqual([
    { version: 1, count: 2 },
    { version: 2, count: 1 },
  ]);
  await bench.close(old.id, 'rejected');
  await bench.close(next.id, 'rejected');
  expect(await bench.store.runs.openVersions()).toEqual([{ version: 1, count: 1 }]);
});

it('so is a refund, until it is settled', async () => {
  const { id, trackingNumber } = await bench.labelled({ policy: { workflowVersion: 3 } });
  await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
  await bench.finish(id);
  const of3 = async () => (await bench.store.runs.openVersions()).filter(({ version }) => version === 3);
  expect(await of3()).toEqual([]);
  const refundId = await bench.requestRefund(await bench.order(id), 500);
  expect(await of3()).toEqual([{ version: 3, count: 1 }]);
  await bench.settleRefund(await bench.order(id), refundId, 500);
  expect(await of3()).toEqual([]);
});

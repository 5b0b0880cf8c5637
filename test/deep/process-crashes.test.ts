import { beforeAll, describe, expect, it } from 'vitest';

import type { OrderView } from '#libs/contracts/http/order-view.api';

import { faultsLeft, script } from '../../dev/sandbox/test-sandbox.js';
import { eventually } from '../support/eventually.js';
import { asking, placing, timed } from '../support/prefer-wait.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

let system: System;
useSharedSystem((opened) => {
  system = opened;
});

const closed = async (id: string) =>
  eventually(
    () => system.eventTypes(id),
    (types) => types.includes('order.closed'),
  );

describe('while no worker runs,', () => {
  let labelled: OrderView;
  let shipped: OrderView;
  let declined: OrderView;
  let parked: OrderView;
  let charging: OrderView;
  const placed: OrderView[] = [];
  beforeAll(async () => {
    [labelled, shipped] = await Promise.all([system.place(), system.place()]);
    await system.until(labelled.id, ({ shipments }) => shipments.length > 0);
    await system.carrierSays(shipped.id, 'picked_up');
    await system.until(shipped.id, ({ status }) => status === 'shipped');
    await script(system.sandbox, { operation: 'shipments.create', fault: '500', times: 2 });
    const { id } = await system.place();
    parked = await system.until(id, ({ attention }) => attention.length > 0);
    declined = await system.place({ payment: { method: 'pm_card_chargeDeclined' } });
    await system.until(declined.id, ({ payment }) => payment === 'declined');
    await script(system.sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 3_000 });
    charging = await system.place();
    // The gateway has begun, and will answer slowly.
    await eventually(
      () => faultsLeft(system.sandbox),
      (left) => left === 0,
    );
    await system.kill('worker');
  });

  it('the carrier’s events are applied, and no run has gone on', async () => {
    for (const { id } of [labelled, shipped]) {
      await system.carrierSays(id, 'delivered');
      expect(await system.until(id, ({ status }) => status === 'delivered')).toMatchObject({
        fulfilment: 'delivered',
      });
      expect(await system.eventTypes(id)).not.toContain('order.closed');
    }
  });

  it('another card is still to be charged', async () => {
    const path = `/orders/${declined.id}/payment-attempts`;
    expect(await asking(system)(path, { method: 'pm_card_visa' }, 1)).toMatchObject({
      status: 202,
      headers: { 'preference-applied': 'wait=1' },
      body: { payment: 'authorizing', attempt: 2 },
    });
  });

  it('an order does not continue with an operator’s answer', async () => {
    const path = `/orders/${parked.id}/attention/${parked.attention[0]?.id}/resolution`;
    const answer = await asking(system)(path, { action: 'retry' }, 1);
    expect(answer).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=1' } });
  });

  it('a shop waits no longer than requested, and gets no outcome it did not request', async () => {
    const { answer, took } = await timed(() => placing(system)(system.body(), 1));
    expect(answer).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=1' } });
    expect(took).toBeGreaterThanOrEqual(1_000);
    const unasked = await placing(system)(system.body());
    expect(unasked.status).toBe(202);
    expect(unasked.headers).not.toHaveProperty('preference-applied');
    placed.push(answer.body, unasked.body);
  });

  describe('and once one runs again,', () => {
    beforeAll(async () => {
      await system.startWorker();
    });

    it('a charge that was cut off is made once', async () => {
      const { id } = charging;
      await system.until(id, ({ status }) => status === 'confirmed');
      expect(await system.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
      const types = await system.eventTypes(id);
      expect(types.filter((type) => type === 'payment.captured')).toHaveLength(1);
      const again = `Idempotency detected: ${id}:charge:1 already processed`;
      await eventually(
        () => system.log.some((line) => line.includes(again)),
        (logged) => logged,
      );
    });

    it('every order goes on', async () => {
      for (const { id } of [labelled, shipped]) await closed(id);
      for (const { id } of [declined, ...placed])
        await system.until(id, ({ status }) => status === 'confirmed');
      await system.until(parked.id, ({ fulfilment }) => fulfilment === 'ready');
    });
  });
});

describe('an API that dies', () => {
  it('before it could start what it had stored leaves that to the sweeper', async () => {
    await system.stop('api');
    // No server listens there: the order is stored, and no run can be started.
    await system.startApi({ TEMPORAL_ADDRESS: '127.0.0.1:9' });
    const { id, status } = await system.place();
    expect(status).toBe('pending');
    await system.kill('api');
    await system.startApi();
    await system.carrierSays(id, 'delivered');
    await system.until(id, (order) => order.status === 'delivered');
  });
});

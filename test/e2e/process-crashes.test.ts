import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { faultsLeft, post, script } from '../../dev/sandbox/test-sandbox.js';
import { eventually } from '../support/eventually.js';
import { System } from '../support/system.js';

describe('a process that dies', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ deliveryAfter: 300 });
  });
  afterEach(async () => {
    await fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  });
  afterAll(async () => {
    await system.checkInvariants();
    await system.close();
  });

  it('in the middle of a charge: another worker takes over, and the card is charged once', async () => {
    await script(system.sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 3_000 });
    const { id } = await system.place();
    // The gateway has begun, and will answer slowly.
    await eventually(
      () => faultsLeft(system.sandbox),
      (left) => left === 0,
    );
    await system.kill('worker');
    await system.startWorker();

    await system.until(id, ({ status }) => status === 'delivered', 40_000);
    expect(await system.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    const types = await system.eventTypes(id);
    expect(types.filter((type) => type === 'payment.captured')).toHaveLength(1);
    expect(
      system.log.some((line) => line.includes(`Idempotency detected: ${id}:charge:1 already processed`)),
    ).toBe(true);
  });

  it('while an order waits for its delivery: the wait continues', async () => {
    // A parcel that is picked up, and goes no further by itself.
    const { shippingAddress } = system.body();
    const { id } = await system.place({ shippingAddress: { ...shippingAddress, postalCode: '00003' } });
    const { shipments } = await system.until(id, ({ status }) => status === 'shipped');
    await system.kill('worker');
    const { trackingNumber } = shipments[0] ?? {};
    await post(`${system.sandbox.url}/sandbox/shipments/${trackingNumber}/events`, {
      type: 'shipment.delivered',
    });
    await system.until(id, ({ status }) => status === 'delivered');
    expect(await system.eventTypes(id)).not.toContain('order.closed');
    await system.startWorker();
    await eventually(
      () => system.eventTypes(id),
      (types) => types.includes('order.closed'),
    );
  });

  it('before it could start what it had stored: the sweeper starts it', async () => {
    await system.stop('api');
    // No server listens there: the order is stored, and no run can be started.
    await system.startApi({ TEMPORAL_ADDRESS: '127.0.0.1:9' });
    const { id, status } = await system.place();
    expect(status).toBe('pending');
    await system.kill('api');
    await system.startApi();
    await system.until(id, (order) => order.status === 'delivered', 30_000);
  });
});

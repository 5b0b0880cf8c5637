import { describe, expect, it } from 'vitest';

import { faultsLeft, script } from '../../dev/sandbox/test-sandbox.js';
import { eventually } from '../support/eventually.js';
import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('a process that dies', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  it('takes no order with it: a charge is made once by another worker, and a wait continues', async () => {
    const waiting = await system.place();
    await system.carrierSays(waiting.id, 'picked_up');
    await system.until(waiting.id, ({ status }) => status === 'shipped');
    await script(system.sandbox, { operation: 'payment_intents.confirm', fault: 'slow', delay: 3_000 });
    const { id } = await system.place();
    // The gateway has begun, and will answer slowly.
    await eventually(
      () => faultsLeft(system.sandbox),
      (left) => left === 0,
    );
    await system.kill('worker');
    await system.carrierSays(waiting.id, 'delivered');
    await system.until(waiting.id, ({ status }) => status === 'delivered');
    expect(await system.eventTypes(waiting.id)).not.toContain('order.closed');
    await system.startWorker();

    await system.carrierSays(id, 'delivered');
    for (const each of [id, waiting.id])
      await eventually(
        () => system.eventTypes(each),
        (types) => types.includes('order.closed'),
      );
    expect(await system.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    const types = await system.eventTypes(id);
    expect(types.filter((type) => type === 'payment.captured')).toHaveLength(1);
    const again = `Idempotency detected: ${id}:charge:1 already processed`;
    await eventually(
      () => system.log.some((line) => line.includes(again)),
      (logged) => logged,
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
    await system.carrierSays(id, 'delivered');
    await system.until(id, (order) => order.status === 'delivered');
  });
});

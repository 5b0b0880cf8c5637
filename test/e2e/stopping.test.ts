import { once } from 'node:events';
import { connect } from 'node:net';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { faultsLeft, script } from '../../apps/sandbox/test-sandbox.js';
import { OrderView } from '#libs/contracts/order-view.api';

import { eventually } from '../support/eventually.js';
import { System } from '../support/system.js';

const IN_ORDER = { code: 0, signal: null };
const PROVIDER_TIMEOUT = 15_000;

describe('told to stop (SIGTERM),', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ deliveryAfter: 300 });
  });
  afterAll(async () => {
    await system.checkInvariants();
    await system.close();
  });

  /** Places an order whose charge has struck the fault: the gateway has the call, and has not answered it. */
  async function chargeStruckBy(fault: { fault: string; delay?: number }): Promise<string> {
    await script(system.sandbox, { operation: 'payment_intents.confirm', ...fault });
    const { id } = await system.place();
    await eventually(
      () => faultsLeft(system.sandbox),
      (left) => left === 0,
    );
    return id;
  }

  it('a worker finishes a charge that ends within its grace', async () => {
    const id = await chargeStruckBy({ fault: 'slow', delay: 3_000 });
    expect(await system.stop('worker')).toMatchObject(IN_ORDER);
    expect(await system.eventTypes(id)).toContain('payment.captured');

    await system.startWorker();
    await system.until(id, ({ status }) => status === 'delivered');
    expect(await system.intents(id)).toMatchObject([{ status: 'succeeded' }]);
    const again = `Idempotency detected: ${id}:charge:1 already processed`;
    expect(system.log.filter((line) => line.includes(again))).toEqual([]);
  });

  it('a worker hands back a charge that does not, and the next one completes it', async () => {
    await system.stop('worker');
    await system.startWorker({ SHUTDOWN_GRACE: '2s', PROVIDER_TIMEOUT: `${PROVIDER_TIMEOUT}ms` });
    const id = await chargeStruckBy({ fault: 'never' });
    const told = Date.now();
    expect(await system.stop('worker')).toMatchObject(IN_ORDER);
    expect(Date.now() - told).toBeLessThan(PROVIDER_TIMEOUT - 5_000);
    expect(system.log.filter((line) => line.includes(id) && line.includes('"worker_stopped"'))).not.toEqual(
      [],
    );
    expect(await system.order(id)).toMatchObject({ payment: 'none', waitingFor: null });

    await system.startWorker();
    await system.until(id, ({ status }) => status === 'delivered');
    expect(await system.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    const types = await system.eventTypes(id);
    expect(types.filter((type) => type === 'payment.captured')).toHaveLength(1);
  });

  it('an API answers the request it has, and takes no more', async () => {
    // Its sweeper would wait for the lock, too.
    await system.stop('worker');
    const test = new pg.Client({ connectionString: system.databaseUrl });
    await test.connect();
    try {
      await test.query('BEGIN');
      await test.query('LOCK TABLE orders');
      let isAnswered = false;
      const placed = system.place().finally(() => {
        isAnswered = true;
      });
      await eventually(
        () => waitingForLocks(test),
        (count) => count > 0,
      );
      const stopped = system.stop('api');
      await eventually(
        () => refuses(system.url),
        (refused) => refused,
      );
      expect(isAnswered).toBe(false);
      await test.query('ROLLBACK');

      // 202, or it would have thrown.
      const { id } = OrderView.parse(await placed);
      expect(await stopped).toMatchObject(IN_ORDER);
      await Promise.all([system.startApi(), system.startWorker()]);
      await system.until(id, ({ status }) => status === 'delivered');
      expect(await system.intents(id)).toHaveLength(1);
    } finally {
      await test.end();
    }
  });
});

async function waitingForLocks(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rowCount ?? 0;
}

/** Whether a new connection is refused. */
async function refuses(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';

import pg from 'pg';
import { describe, expect, it } from 'vitest';

import { faultsLeft, script } from '../../dev/sandbox/test-sandbox.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const IN_ORDER = { code: 0, signal: null };
const PROVIDER_TIMEOUT = 15_000;

describe('on SIGTERM,', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    { deliveryAfter: 300 },
  );

  /** Places an order whose charge met the fault: the gateway has the call, and has not answered it. */
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
    const signalledAt = Date.now();
    expect(await system.stop('worker')).toMatchObject(IN_ORDER);
    expect(Date.now() - signalledAt).toBeLessThan(PROVIDER_TIMEOUT - 5_000);
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

  it('a worker hands back what a database that hangs holds up, too', async () => {
    await system.stop('worker');
    const { id } = await system.place();
    const lock = await lockTable(system.databaseUrl, 'effect');
    try {
      await system.startWorker({ SHUTDOWN_GRACE: '2s' });
      await lock.waitedFor();
      expect(await system.stop('worker')).toMatchObject(IN_ORDER);
    } finally {
      await lock.release();
    }
    await system.startWorker();
    await system.until(id, ({ status }) => status === 'delivered');
    expect(await system.intents(id)).toHaveLength(1);
  });

  it('an API answers the request it has, and takes no more', async () => {
    // Its sweeper would wait for the lock, too.
    await system.stop('worker');
    await system.stop('api');
    await system.startApi({ DATABASE_LOCK_TIMEOUT: '20s', DATABASE_STATEMENT_TIMEOUT: '30s' });
    const lock = await lockTable(system.databaseUrl, 'orders');
    try {
      let isAnswered = false;
      const placed = system.place().finally(() => {
        isAnswered = true;
      });
      await lock.waitedFor();
      const stopped = system.stop('api');
      await eventually(
        () => refuses(system.url),
        (refused) => refused,
      );
      expect(isAnswered).toBe(false);
      await lock.release();

      // 202, or it would have thrown.
      const { id } = await placed;
      expect(await stopped).toMatchObject(IN_ORDER);
      await Promise.all([system.startApi(), system.startWorker()]);
      await system.until(id, ({ status }) => status === 'delivered');
      expect(await system.intents(id)).toHaveLength(1);
    } finally {
      await lock.release();
    }
  });

  it('an API under 20 busy connections announces it, answers what it has, then accepts no more', async () => {
    await system.stop('api');
    await system.startApi({ DRAIN_DELAY: '3s' });
    const connections = Array.from({ length: 20 }, () => new BusyConnection(system.url, system.key));
    const ends = connections.map((connection) => connection.untilClosed());
    await eventually(
      () => connections.every(({ answers }) => answers > 3),
      (busy) => busy,
    );
    const stopped = system.stop('api');
    const ready = await eventually(
      () => fetch(`${system.url}/health/ready`),
      ({ status }) => status === 503,
    );
    expect(ready.headers.get('connection')).toBe('close');
    // A client that has not seen it yet is still served, and stays connected: a restart would not help.
    for (const path of ['/products', '/health/live']) {
      const answer = await fetch(system.url + path, { headers: { Authorization: `Bearer ${system.key}` } });
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    }
    // Each by an answer that announced it, none by a reset.
    expect(await Promise.all(ends)).toEqual(connections.map(() => 'Connection: close'));
    expect(await stopped).toMatchObject(IN_ORDER);
    expect(await refuses(system.url)).toBe(true);
    await system.startApi();
  });
});

/** A client that sends its next request on the same connection as soon as it has an answer. */
class BusyConnection {
  answers = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** @returns how the end of the connection was announced */
  async untilClosed(): Promise<string> {
    try {
      for (;;) {
        const answer = await this.ask();
        this.answers += 1;
        if (answer.statusCode !== 200) return `${answer.statusCode}`;
        if (answer.headers.connection === 'close') return 'Connection: close';
      }
    } catch (error) {
      return String(error);
    } finally {
      this.agent.destroy();
    }
  }

  private async ask(): Promise<IncomingMessage> {
    const headers = { Authorization: `Bearer ${this.key}` };
    const asked = request(`${this.url}/products`, { agent: this.agent, headers }).end();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve).once('error', reject);
    });
    answer.resume();
    await once(answer, 'end');
    return answer;
  }
}

/** Locks a table against every other transaction, readers too. */
async function lockTable(databaseUrl: string, table: 'effect' | 'orders') {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table}`);
  // Databases made from one template know a table by the same number.
  const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return {
    waitedFor: () =>
      eventually(
        () => client.query(waiting, [table]),
        ({ rowCount }) => rowCount !== 0,
      ),
    /** May be called twice. */
    release: () => client.end(),
  };
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

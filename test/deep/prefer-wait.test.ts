import { randomUUID } from 'node:crypto';
import { request } from 'node:http';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.js';
import { placing, timed } from '../support/prefer-wait.js';
import type { System } from '../support/system.js';
import { useSystem, withSystem } from '../support/use-system.js';

describe('an order that is cancelled before it was confirmed', () => {
  it('is returned to a caller who waits for it', async () => {
    await withSystem({ env: { GRACE_BEFORE_CHARGE: '5s' } }, async (system) => {
      const key = randomUUID();
      const body = system.body();
      const { body: placed } = await placing(system)(body, undefined, key).expect(202);
      const waiting = placing(system)(body, 30, key).then((answer) => answer);
      await system.http.post(`/orders/${placed.id}/cancellation`).expect(202);
      expect(await waiting).toMatchObject({
        status: 409,
        body: { code: 'order_cancelled', orderId: placed.id },
      });
      await eventually(
        () => system.eventTypes(placed.id),
        (types) => types.includes('order.closed'),
      );
    });
  });
});

describe('many that wait', () => {
  let system: System;
  let database: pg.Client;
  useSystem(
    (opened) => {
      system = opened;
    },
    { worker: false, env: { DATABASE_POOL_SIZE: '1', MAX_CONNECTIONS: '80' } },
  );
  beforeAll(async () => {
    database = new pg.Client({ connectionString: system.databaseUrl });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
  });

  const count = async () =>
    Number((await database.query<{ count: string }>('SELECT count(*) FROM orders')).rows[0]?.count);

  it('hold no connection to the database, leave some to the API for others, and are answered when it ends', async () => {
    const received: { status: number; headers: object }[] = [];
    const { id } = await system.place();
    // Waits for every kind of outcome share one place.
    const answers = Array.from({ length: 60 }, (_, index) =>
      (index > 0
        ? placing(system)(system.body(), 30)
        : system.http.post(`/orders/${id}/cancellation`).set('Prefer', 'wait=30')
      ).then(({ status, headers }) => received.push({ status, headers })),
    );
    await eventually(count, (orders) => orders === 60);
    await eventually(
      () => received.length,
      (answered) => answered === 20,
    );
    // The others wait, with one connection to the database between all of them.
    const { took } = await timed(() => system.http.get('/orders').expect(200));
    expect(took).toBeLessThan(5_000);
    const { took: ending } = await timed(() => system.stop('api'));
    expect(ending).toBeLessThan(8_000);
    await Promise.all(answers);
    expect(received.map(({ status }) => status)).toEqual(Array(60).fill(202));
    expect(received.filter(({ headers }) => 'preference-applied' in headers)).toHaveLength(40);
  });

  it('free their places as soon as they hang up', async () => {
    await system.startApi();
    const before = await count();
    const calls = Array.from({ length: 40 }, () => {
      const call = request(`${system.url}/orders`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${system.key}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': randomUUID(),
          Prefer: 'wait=30',
        },
      });
      call.on('error', () => undefined).end(JSON.stringify(system.body()));
      return call;
    });
    await eventually(count, (orders) => orders === before + 40);
    await eventually(
      () => placing(system)(system.body(), 1),
      ({ headers }) => !('preference-applied' in headers),
    );
    for (const call of calls) call.destroy();
    await eventually(
      () => placing(system)(system.body(), 1),
      ({ headers }) => 'preference-applied' in headers,
    );
  });
});

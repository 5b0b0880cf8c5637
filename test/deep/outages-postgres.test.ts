import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OrderView } from '#libs/contracts/http/order-view.api';

import { abreast } from '../support/crowd.js';
import { eventually } from '../support/eventually.js';
import { OwnPostgres } from '../support/own-postgres.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

/** Milliseconds for all orders to recover, on a machine that is busy. */
const PATIENCE = 120_000;
const ORDERS = 200;
/** After how many accepted orders PostgreSQL crashes: every few seconds. */
const CRASHES = [10, 50, 90, 130, 170, ORDERS];

describe('PostgreSQL crashing every few seconds', () => {
  let postgres: OwnPostgres;
  let system: System;
  beforeAll(async () => {
    postgres = await OwnPostgres.start();
  }, PATIENCE);
  afterAll(async () => {
    await postgres.stop();
  }, PATIENCE);
  useSystem(
    (opened) => {
      system = opened;
    },
    () => ({ databaseUrl: postgres.url, deliveryAfter: 300, env: { RETRY_ATTEMPTS: '100' } }),
    PATIENCE,
  );

  it(
    'under 200 orders makes one order for each key, charged and delivered once',
    async () => {
      const keys = Array.from({ length: ORDERS }, () => randomUUID());
      const accepted = new Map<string, string>();
      const statuses = new Set<number>();
      // As a shop does: the same request under the same key, until there is a final answer.
      const place = async (key: string) => {
        const body = system.body();
        const answer = await eventually(
          async () => {
            const response = await system.http.post('/orders').set('Idempotency-Key', key).send(body);
            statuses.add(response.status);
            return response;
          },
          ({ status }) => status !== 503,
          PATIENCE,
        );
        accepted.set(key, OrderView.parse(answer.body).id);
      };
      const placing = abreast(keys, 10, place);
      for (const count of CRASHES) {
        await eventually(
          () => accepted.size,
          (size) => size >= count,
          PATIENCE,
        );
        await postgres.crash();
        await postgres.start();
      }
      await placing;

      const orders = await eventually(
        () => system.store.orders.list({ limit: 2 * ORDERS }),
        (all) => all.every(({ closedAt }) => closedAt !== null),
        PATIENCE,
      );
      expect(statuses).toEqual(new Set([202, 503]));
      expect(orders.map(({ id }) => id).toSorted()).toEqual([...accepted.values()].toSorted());
      expect(orders.filter(({ status }) => status === 'delivered')).toHaveLength(ORDERS);
      expect(await system.charges()).toEqual(Object.fromEntries(orders.map(({ id }) => [id, 1])));
    },
    3 * PATIENCE,
  );
});

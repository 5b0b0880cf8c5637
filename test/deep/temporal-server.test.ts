import { afterAll, beforeAll, expect, it } from 'vitest';

import { findTemporalServer } from '../../dev/stack/temporal/server-build.js';
import { TemporalServer } from '../../dev/stack/temporal/temporal-server.js';

import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

/** Milliseconds to build the server, where that was not done before. */
const BUILDING = 30 * 60_000;
const NAMESPACE = 'orders';
const ORDERS = 12;

let server: TemporalServer;
let system: System;
beforeAll(async () => {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const programs = await findTemporalServer({ env: process.env, report });
  server = await TemporalServer.start({ programs, namespaces: [NAMESPACE] });
}, BUILDING);
afterAll(async () => {
  await server.stop();
});
useSystem(
  (opened) => {
    system = opened;
  },
  () => ({ deliveryAfter: 300, temporal: { address: server.address, namespace: NAMESPACE } }),
);

it('orders go on while processes of Temporal’s real server are killed', async () => {
  const placed: string[] = [];
  for (const service of ['history', 'matching', 'frontend'] as const) {
    const orders = await Promise.all(Array.from({ length: ORDERS / 3 }, () => system.place()));
    placed.push(...orders.map(({ id }) => id));
    await server.kill(service);
    await server.startService(service);
  }
  const all = await eventually(
    () => system.store.orders.list({ limit: 2 * ORDERS }),
    (orders) => orders.every(({ closedAt }) => closedAt !== null),
    60_000,
  );
  expect(all.map(({ status }) => status)).toEqual(Array(ORDERS).fill('delivered'));
  expect(await system.charges()).toEqual(Object.fromEntries(placed.map((id) => [id, 1])));
});

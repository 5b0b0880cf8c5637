import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { buildRelease } from '../../dev/releases/release-build.js';
import { type Child, startChild } from '../../dev/stack/processes/child.js';
import { System } from '../support/system.js';

/** The last release: what runs beside the migrations since, and after a rollback. */
const RELEASE = 'v0.2.0';
/** A build from nothing, on a busy machine. */
const BUILD = 15 * 60_000;
/** Orders that are placed at once. */
const CROWD = 15;
const WITHIN = 120_000;

describe(`the API and the worker of ${RELEASE} on the schema of today`, () => {
  let folder: string;
  let system: System;
  let released: Child[] = [];
  beforeAll(async () => {
    folder = await buildRelease(RELEASE);
    system = await System.start();
  }, BUILD);
  afterAll(async () => {
    await stopReleased();
    try {
      await system.checkInvariants();
    } finally {
      await system.close();
    }
  });

  const isReady = async () => (await fetch(`${system.url}/health/ready`)).ok;
  async function startReleased(): Promise<void> {
    const start = (app: 'api' | 'worker', ready: RegExp | (() => Promise<boolean>)) =>
      startChild({
        name: `${app} of ${RELEASE}`,
        command: process.execPath,
        args: [join(folder, `dist/apps/${app}/main.js`)],
        cwd: tmpdir(),
        env: { PATH: process.env['PATH'], ...system.environment },
        onLine: (line) => system.log.push(line),
        ready,
      });
    released = await Promise.all([start('api', isReady), start('worker', /"worker ready"/)]);
  }
  async function stopReleased(): Promise<void> {
    await Promise.all(released.map((child) => child.stop()));
    released = [];
  }
  const place = async () => Promise.all(Array.from({ length: CROWD }, async () => (await system.place()).id));
  const end = async (id: string, how: string) => {
    const order = await system.until(id, ({ status }) => status === how, WITHIN);
    expect(order).toMatchObject({ attention: [] });
  };

  it('place, go on with and end orders after a rollback, and today go on with theirs after the next upgrade', async () => {
    const before = await place();
    await Promise.all([system.stop('api'), system.stop('worker')]);

    await startReleased();
    const during = await place();
    const [cancelled = '', refunded = '', ...others] = during;
    const [heldBack = '', ...rest] = before;
    // Charged first, so that its compensation refunds it.
    await system.until(cancelled, ({ payment }) => payment === 'captured', WITHIN);
    await system.http.post(`/orders/${cancelled}/cancellation`).expect(202);
    await end(cancelled, 'cancelled');
    for (const id of [...rest, refunded, ...others.slice(1)]) {
      await system.carrierSays(id, 'delivered');
      await end(id, 'delivered');
    }
    await system.http
      .post(`/orders/${refunded}/refunds`)
      .set('Idempotency-Key', refunded)
      .send({ amount: 500, reason: 'goodwill', restock: false })
      .expect(202);
    await system.until(refunded, ({ payment }) => payment === 'partially_refunded', WITHIN);
    await stopReleased();

    await Promise.all([system.startApi(), system.startWorker()]);
    for (const id of [heldBack, ...others.slice(0, 1)]) {
      await system.carrierSays(id, 'delivered');
      await end(id, 'delivered');
    }
    expect(Object.values(await system.charges())).toEqual(Array(before.length + during.length).fill(1));
  }, 540_000);
});

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import { play } from '../../dev/sandbox/test-gateway.js';
import { findLastReconciled, reconcileNow } from '../../apps/worker/reconciliation/reconcile-schedule.js';
import { answered } from '#libs/client/shop-client';
import { RECONCILE_SCHEDULE, type ReconcileResult } from '#libs/contracts/workflows/reconcile-workflow';

import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const HOUR = 3_600_000;

describe('what the books differ in', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    {
      deliveryAfter: 300,
      env: { STRIPE_ACCOUNT_EXCLUSIVE: 'true', RECONCILE_INTERVAL: '24h' },
    },
  );

  const reconcile = () => reconcileNow(system.client, { since: Date.now() - HOUR, minimumAge: 0 }, 30_000);
  /** What a person at a terminal sees, and the exit code. */
  const command = async (...args: string[]) => {
    const file = new URL('../../dist/apps/worker/reconcile.js', import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(file), ...args], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], ...system.environment },
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    return { said, code: Number(code) };
  };
  /** Has the schedule start a run now. @param count how many runs it will then have started */
  async function scheduled(count: number): Promise<ReconcileResult> {
    const schedule = system.client.schedule.getHandle(RECONCILE_SCHEDULE);
    await schedule.trigger();
    const { info } = await eventually(
      () => schedule.describe(),
      (described) => described.info.recentActions.length === count,
    );
    const started = info.recentActions.at(-1)?.action;
    if (started?.type !== 'startWorkflow') throw new Error('the schedule has started nothing');
    const result: ReconcileResult = await system.client.workflow
      .getHandle(started.workflow.workflowId)
      .result();
    return result;
  }
  const listed = async (state?: 'all') =>
    (await answered(system.shop.GET('/reconciliation/discrepancies', { params: { query: { state } } }))).data;
  const acknowledge = (id = '') =>
    answered(
      system.shop.POST('/reconciliation/discrepancies/{id}/acknowledgement', {
        params: { path: { id } },
        body: { note: 'looked into' },
      }),
    );
  const refused = (id = '', note = 'looked into') =>
    system.http.post(`/reconciliation/discrepancies/${id}/acknowledgement`).send({ note });

  it('is found by a run of the worker, shown, and closed by an operator', async () => {
    const { id } = await system.place();
    // An order that changes while its books are compared is left to the next time.
    await eventually(
      () => system.eventTypes(id),
      (types) => types.includes('order.closed'),
    );
    const [intent] = (await system.stripe.paymentIntents.list()).data;
    const refund = await system.stripe.refunds.create({ payment_intent: intent?.id ?? '', amount: 500 });
    await play(system.sandbox, '/discrepancies', { kind: 'unknown_charge', amount: 1234 });
    // An order that is being compared at the moment is left to the next run.
    await eventually(reconcile, ({ open }) => open === 2);
    const { said, code } = await command('--since', '1h', '--min-age', '0s');
    expect(code).toBe(3);
    expect(said).toMatch(/^kind +object +order +expected +found +since\n/);
    expect(said).toMatch(new RegExp(`^unknown_refund  ${refund.id} +R-\\S+ +0 EUR +500 EUR +\\S+$`, 'm'));
    expect(said.trim().split('\n')).toHaveLength(3);

    const found = await listed();
    expect(found).toHaveLength(2);
    const unmatched = found.find(({ orderId }) => orderId === null);
    const byHand = found.find(({ orderId }) => orderId === id);
    expect(unmatched).toMatchObject({ kind: 'unknown_charge', expected: 0, found: 1234, closedAt: null });
    expect(byHand).toMatchObject({ kind: 'unknown_refund', objectId: refund.id, found: 500 });

    await refused(unmatched?.id, ' ').expect(400);
    expect(await acknowledge(unmatched?.id)).toMatchObject({ closedBy: 'service:shop', note: 'looked into' });
    expect(await acknowledge(byHand?.id)).toMatchObject({ note: 'looked into' });
    for (const discrepancy of [unmatched, byHand])
      expect((await refused(discrepancy?.id)).body).toMatchObject({ code: 'discrepancy_closed' });
    expect((await refused(randomUUID())).body).toMatchObject({ code: 'discrepancy_not_found' });
    expect((await refused('mine')).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '/id' }],
    });

    expect(await system.until(id, ({ attention }) => attention.length === 0)).toMatchObject({
      payment: 'partially_refunded',
    });
    const params = { path: { id } };
    const { data: ledger } = await answered(system.shop.GET('/orders/{id}/ledger', { params }));
    expect(ledger.map(({ kind }) => kind)).toEqual(['captured', 'refund_adopted']);
    expect(await listed()).toEqual([]);
    expect(await listed('all')).toHaveLength(2);
    expect(await command('--since', '1h', '--min-age', '0s')).toEqual({
      said: 'The books agree.\n',
      code: 0,
    });
  });

  it('is for operators only', async () => {
    const key = await system.store.apiKeys.create('frontend', ['read', 'write']);
    const shop = supertest(system.url);
    await shop.get('/reconciliation/discrepancies').set('Authorization', `Bearer ${key}`).expect(403);
    await shop.get('/reconciliation/discrepancies').expect(401);
  });

  it('is searched on a schedule that any worker may create, once', async () => {
    const schedule = system.client.schedule.getHandle(RECONCILE_SCHEDULE);
    const described = await eventually(
      () => schedule.describe(),
      ({ spec }) => spec.intervals?.[0]?.every === 24 * HOUR,
    );
    expect(described.policies.overlap).toBe('SKIP');
    const first = await scheduled(1);
    await eventually(
      () => findLastReconciled(system.client),
      (last) => last === first.until,
    );
    const second = await scheduled(2);
    expect(first.until - first.since).toBe(24 * HOUR);
    expect(second.since).toBe(first.until - 6 * HOUR);
    await schedule.pause('an operator looks');
    await system.stop('worker');
    await system.startWorker({ RECONCILE_INTERVAL: '48h' });
    const changed = await eventually(
      () => schedule.describe(),
      ({ spec }) => spec.intervals?.[0]?.every === 48 * HOUR,
    );
    expect(changed.state).toMatchObject({ paused: true });
  });
});

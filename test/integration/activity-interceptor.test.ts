import { setImmediate as turn } from 'node:timers/promises';

import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Contradiction, Outage, AttentionRequired, Refusal } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import { openDatabase } from '#libs/persistence/database/database';
import { Store } from '#libs/persistence/store';
import { Metrics } from '#libs/telemetry/metrics';

import { acceptOrder } from '../support/orders.js';
import { Scrape } from '../support/scrape.js';
import { testDatabase } from '../support/test-database.js';
import { ActivityMetrics } from '../../apps/worker/telemetry/activity-metrics.js';
import { OrderActivityInterceptor } from '../../apps/worker/telemetry/activity.interceptor.js';

const PERSONAL = 'ada@example.com';

describe('around an activity', () => {
  let store: Store;
  let id: OrderId;
  beforeAll(async () => {
    store = new Store(openDatabase(await testDatabase(), 2));
  });
  beforeEach(async () => {
    ({ id } = await acceptOrder(store));
  });
  afterAll(async () => {
    await store.close();
  });

  /** One attempt of an activity, as Temporal would make it. @returns its result, or what would enter the history */
  async function attempt(
    activityType: string,
    work: (cancel: MockActivityEnvironment['cancel']) => unknown,
    {
      number = 1,
      of = 20,
      args = [id] as unknown[],
      waits = store.waits,
      metrics = new ActivityMetrics(new Metrics()),
    } = {},
  ): Promise<unknown> {
    const interceptor = new OrderActivityInterceptor(waits, pino({ level: 'silent' }), metrics);
    const environment = new MockActivityEnvironment(
      {
        activityType,
        attempt: number,
        retryPolicy: { maximumAttempts: of, initialInterval: 1_000, maximumInterval: 60_000 },
      },
      { logger: new DefaultLogger('ERROR') },
    );
    return environment
      .run(() => interceptor.execute({ args, headers: {} }, async () => work(environment.cancel)))
      .catch((error: unknown) => error);
  }

  const fails = (error: unknown) => () => {
    throw error;
  };
  const waits = async () => (await store.orders.get(id)).waits;
  const inMilliseconds = (from: string | undefined, to: string | null | undefined) =>
    Date.parse(to ?? '') - Date.parse(from ?? '');

  it('passes an answer on, and shows no wait', async () => {
    expect(await attempt('chargePayment', () => 'paid')).toBe('paid');
    expect(await waits()).toEqual([]);
  });

  describe('a failure enters the history as a code and a kind:', () => {
    it.each([
      ['a refusal, which is never retried', new Refusal('out_of_stock'), 'Refusal', 'out_of_stock', true],
      ['an outage, which is', new Outage('timeout'), 'Outage', 'timeout', false],
      ['a bug, which may pass', new TypeError(`no such field: ${PERSONAL}`), 'Bug', 'bug', false],
      ['an error that is none', PERSONAL, 'Bug', 'bug', false],
      ['an answer about something else', new Contradiction('intent_differs'), 'Bug', 'intent_differs', false],
      [
        'a database that is down',
        new Error('Connection terminated'),
        'Outage',
        'database_unreachable',
        false,
      ],
    ])('%s', async (_, error, type, message, nonRetryable) => {
      const failure = await attempt('reserveStock', fails(error));
      expect(failure).toBeInstanceOf(ApplicationFailure);
      expect(failure).toMatchObject({ type, message, nonRetryable, details: [{ step: 'reserve' }] });
    });

    it('and is counted as what it is', async () => {
      const shown = new Metrics();
      const metrics = new ActivityMetrics(shown);
      const counted = async () => {
        const scrape = Scrape.of((await shown.answer()).body);
        return ['contradiction', 'bug'].map((kind) =>
          scrape.value('order_activity_failures_total', { activity: 'chargePayment', kind }),
        );
      };
      expect((await shown.answer()).body).toMatch(/\{activity="syncPayment",kind="contradiction"\} 0$/m);
      await attempt('chargePayment', fails(new Contradiction('intent_differs')), { metrics });
      expect(await counted()).toEqual([1, 0]);
      await attempt('chargePayment', fails(new TypeError('no such field')), { metrics });
      expect(await counted()).toEqual([1, 1]);
    });

    it('never with the message, the cause or the stack of the error', async () => {
      const cause = new Error(`550 ${PERSONAL}: no such mailbox`);
      for (const error of [
        new Outage('mail_busy', { cause }),
        new Refusal('mail_refused', { cause }),
        cause,
      ]) {
        const failure = await attempt('sendConfirmation', fails(error));
        expect(failure).toMatchObject({ cause: undefined, stack: '' });
        expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(PERSONAL);
      }
    });
  });

  describe('an outage is shown as what the order waits for', () => {
    it('with the attempt, the reason and when it is tried again', async () => {
      await attempt('chargePayment', fails(new Outage('gateway_timeout')), { number: 3 });
      const [wait, ...others] = await waits();
      expect(others).toEqual([]);
      expect(wait).toMatchObject({ step: 'charge', attempt: 3, lastError: 'gateway_timeout' });
      // After the third attempt: 1 s, 2 s, 4 s.
      expect(inMilliseconds(wait?.since, wait?.nextTryAt)).toBe(4_000);
    });

    it('with how long the goods stay reserved, for as long as it is not paid', async () => {
      await attempt('chargePayment', fails(new Outage('timeout')));
      const { createdAt, policy } = await store.orders.get(id);
      expect(inMilliseconds(createdAt, (await waits())[0]?.deadline)).toBe(policy.reservationTtl);
    });

    it('without a deadline, once it is', async () => {
      await attempt('createShipment', fails(new Outage('timeout')));
      expect(await waits()).toMatchObject([{ step: 'ship', deadline: null }]);
    });

    it('without a next try, when the last one is spent', async () => {
      await attempt('createShipment', fails(new Outage('timeout')), { number: 20 });
      expect(await waits()).toMatchObject([{ attempt: 20, nextTryAt: null }]);
    });

    it('until it is over', async () => {
      await attempt('createShipment', fails(new Outage('timeout')), { number: 1 });
      await attempt('createShipment', fails(new Outage('carrier_busy')), { number: 2 });
      expect(await waits()).toMatchObject([{ attempt: 2, lastError: 'carrier_busy' }]);
      await attempt('createShipment', () => undefined, { number: 3 });
      expect(await waits()).toEqual([]);
    });
  });

  describe('an unexpected failure', () => {
    const bug = fails(new TypeError('x'));

    it('is tried again, and shown with when', async () => {
      expect(await attempt('createShipment', bug, { number: 4 })).toMatchObject({ nonRetryable: false });
      expect(await waits()).toMatchObject([{ step: 'ship', attempt: 4, lastError: 'bug' }]);
      expect((await waits())[0]?.nextTryAt).not.toBeNull();
    });

    it('is retried where an outage came before, however long that was', async () => {
      await attempt('createShipment', fails(new Outage('carrier_error')), { number: 12 });
      expect(await attempt('createShipment', bug, { number: 13 })).toMatchObject({ nonRetryable: false });
      expect(await attempt('createShipment', bug, { number: 14 })).toMatchObject({ nonRetryable: true });
    });

    it.each([
      ['after a few attempts', { number: 5 }],
      ['or where the order’s own rules have no more of them', { number: 2, of: 2 }],
    ])('stops a step %s, which shows no next try', async (_, attempts) => {
      await attempt('createShipment', bug, { number: attempts.number - 1 });
      expect(await attempt('createShipment', bug, attempts)).toMatchObject({
        type: 'Bug',
        nonRetryable: true,
      });
      expect(await waits()).toMatchObject([{ step: 'ship', lastError: 'bug', nextTryAt: null }]);
    });
  });

  it('stops a step at once for a decision of an operator', async () => {
    expect(
      await attempt('createShipment', fails(new AttentionRequired('amount_differs', 'paid_less'))),
    ).toMatchObject({
      type: 'AttentionRequired',
      message: 'paid_less',
      nonRetryable: true,
      details: [{ step: 'ship', kind: 'amount_differs' }],
    });
    expect(await waits()).toMatchObject([{ step: 'ship', lastError: 'paid_less', nextTryAt: null }]);
  });

  describe('a provider that sends Retry-After', () => {
    it.each([
      ['is, for as long as it asks', 30_000, 30_000],
      ['is, for ten minutes at the most', 86_400_000, 600_000],
      ['is left alone for longer anyway', 500, undefined],
    ])('%s', async (_, retryAfter, expected) => {
      const failure = await attempt('createShipment', fails(new Outage('carrier_busy', { retryAfter })));
      expect(failure).toMatchObject({ nonRetryable: false, nextRetryDelay: expected });
      const [wait] = await waits();
      expect(inMilliseconds(wait?.since, wait?.nextTryAt)).toBe(expected ?? 1_000);
    });
  });

  it('shows no wait for an attempt that was overtaken: another one runs', async () => {
    const failure = await attempt('chargePayment', fails(new Outage('superseded')));
    expect(failure).toMatchObject({ type: 'Outage', message: 'superseded', nonRetryable: false });
    expect(await waits()).toEqual([]);
  });

  describe('cancelled', () => {
    const hanging = () => new Promise<never>(() => undefined);

    it('because its worker stops: is handed back to be made again, and shows no wait', async () => {
      const failure = await attempt('chargePayment', (cancel) => {
        cancel('WORKER_SHUTDOWN');
        return hanging();
      });
      expect(failure).toMatchObject({ type: 'Outage', message: 'worker_stopped', nonRetryable: false });
      expect(await waits()).toEqual([]);
    });

    it('because its worker stops: its later outcome is ignored', async () => {
      let fail: (reason: Error) => void = () => undefined;
      const late = new Promise<never>((_, reject) => {
        fail = reject;
      });
      const failure = await attempt('chargePayment', (cancel) => {
        cancel('WORKER_SHUTDOWN');
        return late;
      });
      expect(failure).toMatchObject({ message: 'worker_stopped' });
      // Without a handler, this would end the process.
      fail(new Outage('gateway_timeout'));
      await turn();
      expect(await waits()).toEqual([]);
    });

    it.each(['CANCELLED', 'TIMED_OUT', 'NOT_FOUND'] as const)(
      'for any other reason, such as %s: is waited for',
      async (reason) => {
        const answer = await attempt('chargePayment', async (cancel) => {
          cancel(reason);
          await turn();
          return 'paid';
        });
        expect(answer).toBe('paid');
      },
    );
  });

  it('shows no wait for a refusal: there is nothing to wait for', async () => {
    await attempt('chargePayment', fails(new Refusal('payment_declined')));
    expect(await waits()).toEqual([]);
  });

  it('tries a decision again after a bug, for a decision cannot be parked', async () => {
    expect(await attempt('closeOrder', fails(new TypeError('x')))).toMatchObject({
      type: 'Bug',
      nonRetryable: false,
    });
    expect(await waits()).toEqual([]);
  });

  it('fails as the work failed, even when that cannot be shown', async () => {
    const database = openDatabase('postgresql://nobody@127.0.0.1:1/none', 1);
    const { waits: unreachable } = new Store(database);
    const failure = await attempt('chargePayment', fails(new Outage('timeout')), { waits: unreachable });
    expect(failure).toMatchObject({ type: 'Outage', message: 'timeout' });
    await database.$disconnect();
  });

  it('accepts no activity without an order id', async () => {
    const failure = await attempt('chargePayment', () => 'paid', { args: [PERSONAL] });
    expect(failure).toMatchObject({ type: 'Bug', nonRetryable: true });
    expect(String(failure)).not.toContain(PERSONAL);
  });
});

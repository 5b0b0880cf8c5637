import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { play } from '../../dev/sandbox/test-gateway.js';
import { script } from '../../dev/sandbox/test-sandbox.js';
import { reconcileNow } from '../../apps/worker/reconciliation/reconcile-schedule.js';
import { answered } from '#libs/client/shop-client';
import { ORDER_WORKFLOW, orderWorkflowId, TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';
import { orderId } from '#libs/domain/order/order-id';
import { METRICS } from '#libs/telemetry/metric-catalogue';
import { TEMPORAL_METRICS } from '#libs/telemetry/temporal-metrics';

import { eventually } from '../support/eventually.js';
import { Prometheus } from '../support/prometheus.js';
import { System } from '../support/system.js';
import { receiveWebhooks } from '../support/webhook-receiver.js';

const ALERTS = [
  ...readFileSync('deploy/prometheus/order-processing.rules.yml', 'utf8').matchAll(/- alert: (\w+)/g),
].map(([, name = '']) => name);
const OTHER = '019b7654-0000-7000-8000-000000000002';
/** How many wrong answers park a step, and more than any step asks for. */
const UNTIL_PARKED = 6;
const ALWAYS = 1_000;
/** Milliseconds until an alert must fire: its condition holds for up to ten seconds before. */
const WITHIN = 60_000;
const HOUR = 3_600_000;

const WAITS = [
  'temporal_workflow_task_schedule_to_start_latency_seconds',
  'temporal_activity_schedule_to_start_latency_seconds',
];
const STUCK: keyof typeof METRICS = 'order_runs_stuck';

/** Series of metrics that no short test brings to such values, and whether they are shown. */
class Synthetic {
  private scrapes = 0;
  isOn = true;

  private constructor(
    private readonly server: Server,
    readonly target: string,
  ) {}

  static async open(): Promise<Synthetic> {
    const server = createServer((_, response) => response.end(synthetic.text()));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const synthetic = new Synthetic(server, `127.0.0.1:${port}`);
    return synthetic;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Tasks that wait from 5 to 60 s, and an order whose run is stuck. */
  private text(): string {
    if (this.isOn) this.scrapes += 1;
    const waits = WAITS.flatMap((name) =>
      Object.entries({ 10: 0, 60: this.scrapes, '+Inf': this.scrapes }).map(
        ([le, count]) => `${name}_bucket{task_queue="email",le="${le}"} ${count}`,
      ),
    );
    const stuck = `${STUCK}{cause="no_worker_for_version"} ${this.isOn ? 1 : 0}`;
    return [...waits, stuck, ''].join('\n');
  }
}

describe('the alerts of a real Prometheus, in which a minute lasts a second', () => {
  let system: System;
  let prometheus: Prometheus;
  let synthetic: Synthetic;
  let database: pg.Client;

  beforeAll(async () => {
    system = await System.start({
      booksDiffer: true,
      env: {
        STRIPE_ACCOUNT_EXCLUSIVE: 'true',
        RECONCILE_INTERVAL: '24h',
        RETRY_ATTEMPTS: '1000',
        DATABASE_POOL_SIZE: '3',
        DATABASE_LOCK_TIMEOUT: '1500ms',
        SHUTDOWN_GRACE: '1s',
        LOST_RUN_INTERVAL: '1s',
        LOST_RUN_LIMIT: '1',
      },
    });
    database = new pg.Client({ connectionString: system.databaseUrl });
    await database.connect();
    synthetic = await Synthetic.open();
    prometheus = await Prometheus.start({
      'order-api': `127.0.0.1:${system.environment['API_METRICS_PORT']}`,
      'order-worker': `127.0.0.1:${system.environment['METRICS_PORT']}`,
      synthetic: synthetic.target,
    });
  });
  afterAll(async () => {
    await prometheus?.stop();
    synthetic?.close();
    await database?.end();
    await system?.close();
  });

  const fires = async (...names: string[]) => {
    await eventually(
      async () => {
        await prometheus.firing();
        return names.filter((name) => !prometheus.fired.has(name));
      },
      (missing) => missing.length === 0,
      WITHIN,
    );
  };
  const wrong = (changes: object) =>
    play(system.sandbox, '/wrong-answers', {
      operation: 'payment_intents.create',
      times: UNTIL_PARKED,
      changes,
    });
  const parkedBy = async (changes: object) => {
    await wrong(changes);
    const { id } = await system.place();
    return system.until(id, ({ attention }) => attention.length > 0);
  };
  const failParked = async (id: string) => {
    const { attention } = await system.order(id);
    for (const { id: attentionId } of attention)
      await answered(
        system.shop.POST('/orders/{id}/attention/{attentionId}/resolution', {
          params: { path: { id, attentionId } },
          body: { action: 'fail' },
        }),
      );
  };
  const clearFaults = () => fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  const acknowledge = async () => {
    const { data } = await answered(
      system.shop.GET('/reconciliation/discrepancies', { params: { query: {} } }),
    );
    for (const { id } of data)
      await answered(
        system.shop.POST('/reconciliation/discrepancies/{id}/acknowledgement', {
          params: { path: { id } },
          body: { note: 'looked into' },
        }),
      );
  };

  it('fire at tasks that wait and at runs that are stuck, as another target shows them', async () => {
    for (const name of WAITS) expect(TEMPORAL_METRICS).toMatchObject({ [name]: { type: 'histogram' } });
    await fires('OrderTasksWait', 'OrderActivitiesWait', 'OrderRunsStuck');
    synthetic.isOn = false;
  });

  it('fire at a receiver of webhooks that is gone', async () => {
    const receiver = await receiveWebhooks((response) => void response.writeHead(410).end());
    const header = { 'Idempotency-Key': randomUUID() };
    const body = { url: receiver.url, events: ['*' as const] };
    const { id } = await answered(system.shop.POST('/webhook-endpoints', { params: { header }, body }));
    const path = { id };
    await answered(system.shop.POST('/webhook-endpoints/{id}/test-event', { params: { path, header } }));
    await fires('OrderWebhookEndpointDisabled');
    await system.shop.DELETE('/webhook-endpoints/{id}', { params: { path } });
    await receiver.close();
  });

  it('fire at providers that fail or contradict, at what is parked for it, and at books that differ', async () => {
    // A run whose first workflow task fails: it was started without its input.
    const broken = await system.client.workflow.start(ORDER_WORKFLOW, {
      workflowId: 'without-input',
      taskQueue: TASK_QUEUES.orders,
      workflowTaskTimeout: '1s',
    });
    const parked = [
      await parkedBy({ metadata: { orderId: OTHER } }),
      await parkedBy({ status: 'paid_in_shells' }),
    ];
    await database.query(`UPDATE attention SET opened_at = opened_at - interval '5 minutes'`);
    await play(system.sandbox, '/discrepancies', { kind: 'unknown_charge', amount: 1234 });
    await reconcileNow(system.client, { since: Date.now() - HOUR, minimumAge: 0 }, 30_000);

    // A refund that is made by hand is not booked while the gateway does not answer.
    const { id } = await system.place();
    await system.until(id, ({ payment }) => payment === 'captured');
    const [intent] = await system.intents(id);
    for (const operation of ['payment_intents.confirm', 'payment_intents.retrieve'])
      await script(system.sandbox, { operation, fault: 'drop_before', times: ALWAYS });
    for (const _ of [1, 2, 3]) await system.place();
    await system.stripe.refunds.create({ payment_intent: intent?.id ?? '', amount: 500 });
    await eventually(
      () =>
        database.query(
          `UPDATE inbox_event SET received_at = received_at - interval '1 minute' WHERE applied_at IS NULL RETURNING id`,
        ),
      ({ rowCount }) => rowCount !== null && rowCount > 0,
    );
    await fires(
      ...['OrderWorkflowTasksFail', 'OrderProviderFails', 'OrderProviderContradicts', 'OrderActivityBugs'],
      ...['OrderStepsParked', 'OrderAttentionOld', 'OrderDiscrepancies', 'OrderEventsUnapplied'],
    );

    await clearFaults();
    await broken.terminate();
    await acknowledge();
    for (const { id: order } of parked) await failParked(order);
  });

  it('fire at runs that are gone', async () => {
    const orders = await Promise.all([1, 2, 3, 4, 5].map(() => system.place()));
    for (const { id } of orders) await system.until(id, ({ shipments }) => shipments.length > 0);
    await Promise.all(
      orders.map(({ id }) =>
        system.client.workflow.getHandle(orderWorkflowId(orderId(id))).terminate('lost'),
      ),
    );
    await fires('OrderRunsLost');
  });

  it('fire at processes that are gone, and at an API that Temporal does not answer', async () => {
    await Promise.all([system.kill('worker'), system.kill('api')]);
    await fires('OrderWorkersUnreachable', 'OrderApisUnreachable', 'OrderWorkersNotPolling');
    // A look for lost runs that the kill interrupted would be repeated only after the two minutes of its lease.
    await database.query('UPDATE run_look SET due_at = now()');
    await Promise.all([
      system.startWorker({ LOST_RUN_LIMIT: '100' }),
      system.startApi({ TEMPORAL_ADDRESS: '127.0.0.1:1' }),
    ]);
    // The sweeper starts each order some seconds after it was placed.
    const told = new AbortController();
    const placing = (async () => {
      for (; !told.signal.aborted; await delay(500)) await system.place();
    })();
    await fires('OrderBacklogOld');
    told.abort();
    await placing;
    await system.kill('api');
    await system.startApi();
    // A look that meets the lock of the next test is repeated only after minutes.
    await eventually(
      () => prometheus.firing(),
      (names) => !names.has('OrderRunsLost'),
      WITHIN,
    );
  });

  it('fire at a database in which everything waits for a lock', async () => {
    const { id } = await system.place();
    await database.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    const unlocked = new AbortController();
    const reading = Array.from({ length: 8 }, async () => {
      while (!unlocked.signal.aborted) await system.http.get(`/orders/${id}`);
    });
    await fires(
      ...[
        'OrderApiFails',
        'OrderApiSlow',
        'OrderPoolExhausted',
        'OrderFiguresMissing',
        'OrderSweepersStopped',
      ],
    );
    await database.query('COMMIT');
    unlocked.abort();
    await Promise.all(reading);
  });

  it('fire at a process that comes to run now and then only', async () => {
    const fed = new AbortController();
    const starving = (async () => {
      while (!fed.signal.aborted) {
        system.freeze('api', true);
        await delay(700);
        system.freeze('api', false);
        await delay(100);
      }
    })();
    await fires('OrderEventLoopBlocked');
    fed.abort();
    await starving;
  });

  it('have all fired, and go out once their causes are gone', async () => {
    expect([...prometheus.fired].toSorted((a, b) => a.localeCompare(b))).toEqual(
      ALERTS.toSorted((a, b) => a.localeCompare(b)),
    );
    await database.query(`UPDATE attention SET opened_at = now() WHERE resolved_at IS NULL`);
    await eventually(
      () => prometheus.firing(),
      ({ size }) => size === 0,
      WITHIN,
    );
  });
});

import { beforeAll, describe, expect, it } from 'vitest';

import { WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import { createOrderWorkers } from '../../apps/worker/order-workers.js';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderRecord } from '#libs/persistence/orders/order-record';

import { UNPATCHED } from '../replay/changes/changes.js';
import { eventually } from '../support/eventually.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import { DEFAULT_CONCURRENCY, type WorkflowHarness } from '../support/workflow-harness.js';

/** A worker's own times: how often it looks, and within which time an order shows that its run is stuck. */
const LOOKS_EVERY = 30_000;
const WITHIN = 60_000;
/** How long a failed attempt of a workflow task may be open until there is another. */
const NEXT_ATTEMPT = 90_000;

const waitsForDelivery = (shop: WorkflowHarness, id: OrderId) =>
  shop.until(id, ({ waits }) => waits.length === 1 && waits[0]?.step === 'deliver');

/** Sweeps as a worker does, which looks at runs when the time for it has come. */
const sweptUntil = (
  shop: WorkflowHarness,
  id: OrderId,
  accepts: (order: OrderRecord) => boolean,
  within: number,
) =>
  eventually(
    async () => {
      await shop.sweeper.sweep();
      return shop.store.orders.get(id);
    },
    accepts,
    within,
  );
const isStuck = ({ attention }: OrderRecord) => attention.some(({ kind }) => kind === 'run_stuck');
const aboutRun = async (shop: WorkflowHarness, id: OrderId) =>
  (await shop.eventTypes(id)).filter((type) => type.startsWith('order.run_'));

describe.concurrent('an order whose workflow task fails', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    { lost: { interval: LOOKS_EVERY } },
  );

  it('shows it within a minute, and nothing once workers are back whose code goes on with it', async () => {
    const id = await shop.place();
    await waitsForDelivery(shop, id);
    await shop.deploy(UNPATCHED);
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');

    const order = await sweptUntil(shop, id, isStuck, WITHIN);
    expect(order).toMatchObject({
      status: 'delivered',
      payment: 'captured',
      fulfilment: 'delivered',
      waits: [],
      closedAt: null,
      attention: [{ kind: 'run_stuck', reason: 'workflow_task_failing', step: null }],
    });

    await shop.deploy(WORKFLOWS_PATH);
    await shop.until(id, ({ closedAt }) => closedAt !== null, NEXT_ATTEMPT);
    const after = await sweptUntil(shop, id, (current) => !isStuck(current), WITHIN);
    expect(after).toMatchObject({ status: 'delivered', attention: [] });
    expect(await aboutRun(shop, id)).toEqual(['order.run_stuck', 'order.run_recovered']);
  }, 300_000);
});

describe.concurrent('an order whose task is for a version without workers', () => {
  let shop: WorkflowHarness;
  let stopVersion: () => Promise<void>;
  const version = { deploymentName: 'orders', buildId: 'new' };
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    { lost: { interval: 1_000 }, stuck: { waitsTooLong: 3_000 } },
  );

  async function startVersion(): Promise<void> {
    const workers = await createOrderWorkers({
      ...shop.ports,
      connection: shop.parts.connection,
      namespace: shop.parts.namespace,
      workflows: { workflowBundle: { codePath: await workflowBundle(WORKFLOWS_PATH) } },
      shutdownGrace: 1_000,
      concurrency: DEFAULT_CONCURRENCY,
      version,
    });
    const running = Promise.all(workers.map((worker) => worker.run()));
    stopVersion = async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    };
  }

  /** Routes all tasks to the version, once Temporal has seen a worker of it. */
  const promote = () =>
    eventually(
      () =>
        shop.client.workflowService
          .setWorkerDeploymentCurrentVersion({
            namespace: shop.parts.namespace,
            ...version,
            identity: 'test',
          })
          .then(
            () => true,
            () => false,
          ),
      (isCurrent) => isCurrent,
    );

  beforeAll(async () => {
    await startVersion();
    await promote();
  });

  it('shows it although other workers run, and nothing once that version has workers', async () => {
    const id = await shop.place();
    await waitsForDelivery(shop, id);
    await stopVersion();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');

    const order = await sweptUntil(shop, id, isStuck, WITHIN);
    expect(order).toMatchObject({
      status: 'delivered',
      waits: [],
      closedAt: null,
      attention: [{ kind: 'run_stuck', reason: 'no_worker_for_version', step: null }],
    });

    await startVersion();
    await shop.until(id, ({ closedAt }) => closedAt !== null, NEXT_ATTEMPT);
    const after = await sweptUntil(shop, id, (current) => !isStuck(current), WITHIN);
    expect(after).toMatchObject({ status: 'delivered', attention: [] });
    expect(await aboutRun(shop, id)).toEqual(['order.run_stuck', 'order.run_recovered']);
    await stopVersion();
  }, 300_000);
});

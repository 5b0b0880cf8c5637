import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { script } from '../../dev/sandbox/test-sandbox.js';
import { answered } from '#libs/client/shop-client';
import {
  orderWorkflowId,
  paymentSyncWorkflowId,
  refundWorkflowId,
} from '#libs/contracts/workflows/order-workflow';
import { RefundView } from '#libs/contracts/http/refund.api';
import { orderId } from '#libs/domain/order/order-id';
import { OrderRuns } from '#libs/temporal/order-runs';

import { deploy, type Deployed } from '../support/deploy.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const VERSION = { deploymentName: 'orders', buildId: '0.2.0' };

describe('a worker that is versioned', () => {
  let system: System;
  useSystem(
    (opened) => {
      system = opened;
    },
    {
      env: {
        TEMPORAL_DEPLOYMENT_NAME: VERSION.deploymentName,
        TEMPORAL_WORKER_BUILD_ID: VERSION.buildId,
        RECONCILE_INTERVAL: '1s',
      },
    },
  );
  let id: string;
  let promoted: Deployed;
  beforeAll(async () => {
    id = (await system.place()).id;
    promoted = await deploy(system, 'promote', '--build', VERSION.buildId);
    await system.carrierSays(id, 'delivered');
    await system.until(id, ({ status }) => status === 'delivered');
  });

  const versioningOf = async (workflowId: string) => {
    const { raw } = await system.client.workflow.getHandle(workflowId).describe();
    const { versioningInfo } = raw.workflowExecutionInfo ?? {};
    return { behavior: versioningInfo?.behavior, version: { ...versioningInfo?.deploymentVersion } };
  };
  const pinned = async () => {
    const query = 'TemporalWorkflowVersioningBehavior = "Pinned"';
    const types: string[] = [];
    for await (const { type } of system.client.workflow.list({ query })) types.push(type);
    return types;
  };

  it('takes over from unversioned workers once it is promoted', () => {
    expect(promoted).toEqual({
      code: 0,
      output: expect.stringMatching(
        /Build 0\.2\.0 is current\. Unversioned workers get nothing more: stop them\.$/,
      ),
    });
  });

  it('says so to its probes', async () => {
    const ready = await system.monitor('worker', '/health/ready');
    expect(await ready.json()).toEqual({ status: 'ok', version: VERSION });
  });

  it('lets an order and its refund go on with the build that is current', async () => {
    const refund = await answered(
      system.shop.POST('/orders/{id}/refunds', {
        params: { path: { id }, header: { 'Idempotency-Key': randomUUID() } },
        body: { reason: 'goodwill', restock: false, amount: 500 },
      }),
    );
    await eventually(
      () => system.eventTypes(id),
      (types) => types.includes('refund.succeeded'),
    );
    for (const run of [orderWorkflowId(orderId(id)), refundWorkflowId(RefundView.parse(refund).id)])
      expect(await versioningOf(run)).toEqual({ behavior: AUTO_UPGRADE, version: VERSION });
  });

  it('is shown with what it knows, and promoted once only', async () => {
    expect((await deploy(system, 'status')).output.replaceAll(/ +/g, ' ')).toMatch(
      /^build status share workers knows versions new orders get since\n0\.2\.0 current 100 % yes 1 to 2 2 20\S+\nNo order or refund is open\.$/,
    );
    expect(await deploy(system, 'promote', '--build', VERSION.buildId)).toEqual({
      code: 0,
      output: 'Build 0.2.0 is current already.',
    });
  });

  it('is not followed by a build that has no workers', async () => {
    expect(await deploy(system, 'promote', '--build', '0.3.0', '--wait', '1s')).toEqual({
      code: 1,
      output: expect.stringMatching(
        /Build 0\.3\.0 is not ready: no worker polls order-processing, email, reconciliation\.$/,
      ),
    });
  });

  it('ends what is short on the build that it began on, started by a client or by a schedule', async () => {
    await new OrderRuns(system.client, system.store).requestPaymentSync(orderId(id));
    await eventually(pinned, (types) =>
      ['PaymentSyncWorkflow', 'ReconcileWorkflow'].every((type) => types.includes(type)),
    );
    expect(new Set(await pinned())).toEqual(new Set(['PaymentSyncWorkflow', 'ReconcileWorkflow']));
  });
});

describe('a worker that replaces the one before in place, and promotes its own build', () => {
  let system: System;
  const build = (buildId: string) => ({ TEMPORAL_WORKER_BUILD_ID: buildId });
  useSystem(
    (opened) => {
      system = opened;
    },
    { env: { TEMPORAL_DEPLOYMENT_NAME: 'orders', TEMPORAL_WORKER_PROMOTES: 'true', ...build('1') } },
  );

  const isOpen = async (workflowId: string) =>
    (await system.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';

  it('takes over its orders, and begins anew what was to end on the build before', async () => {
    const { id } = await system.place();
    await system.until(id, ({ shipments }) => shipments.length > 0);
    const sync = paymentSyncWorkflowId(orderId(id));
    await script(system.sandbox, {
      operation: 'payment_intents.retrieve',
      fault: 'drop_before',
      times: 1_000,
    });
    await new OrderRuns(system.client, system.store).requestPaymentSync(orderId(id));
    await eventually(pinnedOn('orders:1'), (ids) => ids.includes(sync));
    await system.stop('worker');
    await fetch(`${system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
    expect(await isOpen(sync)).toBe(true);

    await system.startWorker(build('2'));
    await eventually(
      () => isOpen(sync),
      (open) => !open,
    );
    await system.carrierSays(id, 'delivered');
    await system.until(id, ({ status }) => status === 'delivered');
    expect((await deploy(system, 'status')).output).toMatch(/^2 +current +100 %/m);
  });

  const pinnedOn = (version: string) => async () => {
    const query = `TemporalWorkerDeploymentVersion = "${version}" AND TemporalWorkflowVersioningBehavior = "Pinned"`;
    const ids: string[] = [];
    for await (const { workflowId } of system.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
});

/** Temporal's number for it. */
const AUTO_UPGRADE = 2;

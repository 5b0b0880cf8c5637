import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';
import { orderWorkflowId, refundWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { RefundView } from '#libs/contracts/http/refund.api';
import { orderId } from '#libs/domain/order/order-id';

import { deploy } from '../support/deploy.js';
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
  beforeAll(async () => {
    id = (await system.place()).id;
    expect(await deploy(system, 'promote', '--build', VERSION.buildId)).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /Build 0\.2\.0 is current\. Unversioned workers get nothing more: stop them\.$/,
      ),
    });
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
      /^build status share workers knows versions new orders get since\n0\.2\.0 current 100 % yes 1 1 20\S+\nNo order or refund is open\.$/,
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
    await eventually(pinned, (types) =>
      ['PaymentSyncWorkflow', 'ReconcileWorkflow'].every((type) => types.includes(type)),
    );
    expect(new Set(await pinned())).toEqual(new Set(['PaymentSyncWorkflow', 'ReconcileWorkflow']));
  });
});

/** Temporal's number for it. */
const AUTO_UPGRADE = 2;

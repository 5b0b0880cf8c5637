import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { buildRelease } from '../../dev/releases/release-build.js';
import type { Child } from '../../dev/stack/processes/child.js';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { WORKFLOW_VERSIONS, workflowVersionOf } from '#libs/contracts/workflows/workflow-version';
import { orderId } from '#libs/domain/order/order-id';
import { timeOf } from '#libs/temporal/task-queue';

import { NEXT_VERSION } from '../replay/changes/changes.js';
import { changedBuild } from '../support/changed-build.js';
import { abreast } from '../support/crowd.js';
import { deploy } from '../support/deploy.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

/** The version that is changed to; orders of v0.1.0 have the first. */
const NEXT = WORKFLOW_VERSIONS.to + 1;
const STEPS = 5;
/** How many orders are accepted under way of each step. */
const EACH = Math.ceil(Number(process.env['UPGRADE_ORDERS'] ?? 40) / STEPS);
const AT_ONCE = 8;
/** Milliseconds for all of it, on a machine that is busy; and within which a task is with a worker. */
const LONGEST_RUN = 480_000;
/** For a build of a release from nothing, on a busy machine. */
const BUILD = 15 * 60_000;
const LONGEST_WAIT = 10_000;

const VERSIONED = (buildId: string) => ({
  TEMPORAL_DEPLOYMENT_NAME: 'orders',
  TEMPORAL_WORKER_BUILD_ID: buildId,
});

describe('from unversioned workers of v0.1.0 to build A, to B, back to A, and to B again', () => {
  let system: System;
  const workers: Child[] = [];
  let api: Child | undefined;
  const folders: Record<'before' | 'A' | 'B', string> = { before: '', A: '', B: '' };
  const orders: string[] = [];

  beforeAll(async () => {
    folders.before = await buildRelease('v0.1.0');
    // The first release of a change knows both paths, the second switches.
    folders.A = await changedBuild(NEXT_VERSION, { from: 1, to: NEXT, newOrders: 1 });
    folders.B = await changedBuild(NEXT_VERSION, { from: 1, to: NEXT, newOrders: NEXT });
  }, BUILD);
  useSystem(
    (opened) => {
      system = opened;
    },
    { worker: false, isTold: false },
    LONGEST_RUN,
  );
  afterAll(async () => {
    await Promise.all([api, ...workers].map(async (child) => child?.stop()));
  }, LONGEST_RUN);

  const apiOf = async (build: keyof typeof folders) => {
    await (api ? api.stop() : system.stop('api'));
    api = await system.startOfBuild('api', folders[build], {});
  };
  const workerOf = async (build: keyof typeof folders, env: Readonly<Record<string, string>> = {}) => {
    workers.push(await system.startOfBuild('worker', folders[build], env));
  };
  const placeSome = () =>
    abreast([...Array(EACH).keys()], AT_ONCE, async () => {
      orders.push((await system.place()).id);
    });
  /** Has the first half of the orders that are under way delivered; the others stay for the steps to come. */
  const delivered = new Set<string>();
  const deliver = async (ids: readonly string[]) => {
    for (const id of ids) delivered.add(id);
    await abreast(ids, AT_ONCE, (id) => system.carrierSays(id, 'delivered'));
  };
  const halfOfOpen = () => {
    const open = orders.filter((id) => !delivered.has(id));
    return open.slice(0, Math.ceil(open.length / 2));
  };
  /** Orders are placed, and others delivered, while a build is promoted. */
  const promote = async (build: 'A' | 'B') => {
    const arriving = halfOfOpen();
    const [promoted] = await Promise.all([
      deploy(system, 'promote', '--build', build),
      placeSome(),
      deliver(arriving),
    ]);
    expect(promoted).toMatchObject({
      code: 0,
      output: expect.stringContaining(`Build ${build} is current.`),
    });
    await apiOf(build);
  };

  it(
    'each order ends as it should, charged once, and nothing waits long for a worker',
    async () => {
      await apiOf('before');
      await workerOf('before');
      await placeSome();

      await workerOf('A', VERSIONED('A'));
      await promote('A');
      await workers[0]?.stop();

      await workerOf('B', VERSIONED('B'));
      await promote('B');
      await placeSome();
      expect(await deploy(system, 'promote', '--unversioned', '--wait', '0s')).toMatchObject({ code: 1 });

      await promote('A');
      await promote('B');
      await deliver(orders.filter((id) => !delivered.has(id)));

      const open = async () => {
        const found = await Promise.all(orders.map((id) => system.store.orders.get(orderId(id))));
        return found.filter(({ closedAt }) => closedAt === null).map(({ id }) => id);
      };
      await eventually(open, (ids) => ids.length === 0, 120_000);
      const ended = await Promise.all(orders.map((id) => system.store.orders.get(orderId(id))));
      expect(ended.map(({ status, payment, attention }) => ({ status, payment, attention }))).toEqual(
        orders.map(() => ({ status: 'delivered', payment: 'captured', attention: [] })),
      );
      expect(await system.charges()).toEqual(Object.fromEntries(orders.map((id) => [id, 1])));

      const versions = ended.map(({ policy }) => workflowVersionOf(policy));
      expect(new Set(versions)).toEqual(new Set([1, NEXT]));
      for (const [index, id] of orders.entries())
        expect(await firstAct(id)).toBe(firstActOf(versions[index]));
      const waits = await Promise.all(orders.map(longestWait));
      console.log(`${orders.length} orders; the longest wait for a worker: ${Math.max(...waits)} ms`);
      expect(Math.max(...waits)).toBeLessThan(LONGEST_WAIT);
    },
    LONGEST_RUN,
  );

  const firstActOf = (version?: number): string => (version === NEXT ? 'email.sent' : 'inventory.reserved');
  const firstAct = async (id: string) =>
    (await system.eventTypes(id)).find((type) => [1, NEXT].map(firstActOf).includes(type));

  /** The longest time that a task of an order's run waited for a worker. Milliseconds. */
  const longestWait = async (id: string): Promise<number> => {
    const history = await system.client.workflow.getHandle(orderWorkflowId(orderId(id))).fetchHistory();
    const times = new Map<string, number>();
    let longest = 0;
    for (const event of history.events ?? []) {
      const at = timeOf(event.eventTime)?.getTime() ?? 0;
      times.set(String(event.eventId), at);
      const activity = event.activityTaskStartedEventAttributes;
      // Of a later attempt the history has no time from which it waited.
      const scheduled =
        event.workflowTaskStartedEventAttributes?.scheduledEventId ??
        (activity?.attempt === 1 ? activity.scheduledEventId : null);
      if (scheduled) longest = Math.max(longest, at - (times.get(String(scheduled)) ?? at));
    }
    return longest;
  };
});

import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from 'vitest';

import { replayLive } from '../../apps/worker/replay/replay-live.js';
import { replayedText } from '../../apps/worker/replay/replay-command.js';
import { WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import { PROJECT_ROOT } from '../../dev/build/project.js';
import { freePort } from '../../dev/stack/processes/ports.js';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';

import { PATCHED, UNPATCHED } from '../replay/changes/changes.js';
import { eventually } from '../support/eventually.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('a replay of the orders that are going on', () => {
  let shop: WorkflowHarness;
  let waiting: OrderId[];
  let parked: OrderId;
  useWorkflowHarness((opened) => {
    shop = opened;
  });
  beforeAll(async () => {
    // Its step is parked, until an operator answers.
    await shop.fault('shipments.create', '500', 3);
    parked = await shop.place();
    await shop.until(parked, ({ attention }) => attention.length > 0);
    waiting = await Promise.all([1, 2, 3].map(() => shop.place()));
    for (const id of waiting) await shop.label(id);
    const ofStatus = (status: string) =>
      shop.list(`ExecutionStatus = "Running" AND OrderStatus = "${status}"`);
    await eventually(
      () => Promise.all([ofStatus('pending'), ofStatus('confirmed')]),
      ([onTheWay, stopped]) => onTheWay.length === 3 && stopped.length === 1,
    );
  });

  const replay = async (workflowsPath: string, sample: number) =>
    replayLive(shop.client, sample, { codePath: await workflowBundle(workflowsPath) });

  it.each([
    ['today’s code', WORKFLOWS_PATH],
    ['a change behind patched()', PATCHED],
  ])('breaks none with %s', async (_, path) => {
    const replayed = await replay(path, 500);
    expect(replayed.broken).toEqual([]);
    expect(replayed.groups.toSorted((one, other) => one.group.localeCompare(other.group))).toEqual([
      { group: 'confirmed', running: 1, replayed: 1 },
      { group: 'pending', running: 3, replayed: 3 },
    ]);
    expect(replayedText(replayed)).toMatch(/^all +4 +4\nThis code can go on with all 4\.$/m);
  });

  it('names those that a change would break, and why', async () => {
    const replayed = await replay(UNPATCHED, 500);
    expect(replayed.broken.map(({ name }) => name).sort()).toEqual(
      [...waiting, parked].map(orderWorkflowId).sort(),
    );
    expect(replayedText(replayed)).toMatch(
      /^This code would break 4 of 4:\n {2}order-\S+: \[TMPRL1100\] Nondeterminism error: /m,
    );
  });

  it('takes a sample of each status', async () => {
    const { groups, broken } = await replay(UNPATCHED, 2);
    expect(groups.map(({ replayed }) => replayed)).toEqual([1, 1]);
    expect(broken).toHaveLength(2);
  });
});

it('npm run replay-live ends with 2 where Temporal is away', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const answer = promisify(execFile)(process.execPath, [`${PROJECT_ROOT}/dist/apps/worker/replay-live.js`], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], TEMPORAL_ADDRESS: address },
  }).catch((error: unknown) => error);
  expect(await answer).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `Temporal does not answer at ${address}; see TEMPORAL_ADDRESS.\n`,
  });
});

import { describe, expect, it } from 'vitest';

import { installQuietRuntime } from '../../apps/worker/replay/quiet-runtime.js';

import { PATCHED, UNPATCHED } from '../replay/changes/changes.js';
import { OrdersInFlightWouldBreak } from '../replay/orders-in-flight-would-break.js';
import { brokenKeptHistories, KEPT, workflowCode } from '../replay/replay.js';

installQuietRuntime();

describe('a change to the workflow, replayed along the kept histories', () => {
  it('breaks every order when it is not behind patched(), and the failure says which, why and what to do', async () => {
    const broken = await brokenKeptHistories(await workflowCode(UNPATCHED));
    expect(broken.map(({ name }) => name)).toEqual(KEPT.map(({ name }) => name));
    const { message } = new OrdersInFlightWouldBreak(broken, KEPT.length);
    expect(message).toMatch(/^ {2}delivered\.v2: \[TMPRL1100\] Nondeterminism error: .+$/m);
    expect(message).toContain("if (patched('check-fraud'))");
  });

  it('breaks none behind patched()', async () => {
    expect(await brokenKeptHistories(await workflowCode(PATCHED))).toEqual([]);
  });
});

import { expect, it } from 'vitest';

import type { WorkflowVersions } from '#libs/contracts/workflows/workflow-version';
import type { OpenVersion } from '#libs/persistence/runs/run.repository';

import { type BuildVersions, inAll, refusal, UNVERSIONED } from './deployment-rules.js';

const build = (name: string, from: number, to: number, newOrders: number): BuildVersions => ({
  build: name,
  versions: { from, to, newOrders } satisfies WorkflowVersions,
});
const BEFORE = { build: null, versions: UNVERSIONED };
const OLD = build('1', 1, 1, 1);
const KNOWS_BOTH = build('2', 1, 2, 1);
const SWITCHED = build('3', 1, 2, 2);
const RETIRED = build('4', 2, 2, 2);
const ONLY_OLD: readonly OpenVersion[] = [{ version: 1, count: 40 }];
const BOTH: readonly OpenVersion[] = [...ONLY_OLD, { version: 2, count: 3 }];

it.each([
  ['the first versioned build after unversioned workers', OLD, BEFORE, ONLY_OLD],
  ['unversioned workers after the first versioned build', BEFORE, OLD, ONLY_OLD],
  ['a build with the same versions', build('1b', 1, 1, 1), OLD, ONLY_OLD],
  ['the build that knows both paths', KNOWS_BOTH, OLD, ONLY_OLD],
  ['the build that switches', SWITCHED, KNOWS_BOTH, ONLY_OLD],
  ['the build before it, although orders took the new path', KNOWS_BOTH, SWITCHED, BOTH],
  ['a build without the old path, once no order has it', RETIRED, SWITCHED, [{ version: 2, count: 3 }]],
  ['a build that follows one whose versions are not known', SWITCHED, null, ONLY_OLD],
])('%s may take runs', (_, candidate, current, open) => {
  expect(refusal(candidate, current, open)).toBeNull();
});

it.each([
  [
    'an open order has a version that it does not know',
    OLD,
    KNOWS_BOTH,
    [
      { version: 2, count: 3 },
      { version: 3, count: 1 },
    ],
    'Build 1 knows workflow version 1 only. Open orders and refunds could not go on: 3 with version 2, 1 with version 3.',
  ],
  [
    'the old path is gone, and an order is still on it',
    RETIRED,
    SWITCHED,
    BOTH,
    'Build 4 knows workflow version 2 only. Open orders and refunds could not go on: 40 with version 1.',
  ],
  [
    'the current build gives new orders a version that it does not know, though none is open',
    OLD,
    SWITCHED,
    ONLY_OLD,
    'Build 3 gives new orders workflow version 2, which build 1 does not know. Go back to a build that knows 2 first, with workers and APIs.',
  ],
  [
    'it switches without a release that knows both',
    SWITCHED,
    OLD,
    ONLY_OLD,
    'Build 3 gives new orders workflow version 2, which build 1 does not know: there would be no way back. Promote a build first that knows 2 and gives new orders version 1.',
  ],
  [
    'unversioned workers do not know the version of new orders',
    BEFORE,
    SWITCHED,
    [],
    'Build 3 gives new orders workflow version 2, which the unversioned worker does not know. Go back to a build that knows 2 first, with workers and APIs.',
  ],
])('a build is refused where %s', (_, candidate, current, open, reason) => {
  expect(refusal(candidate, current, open)).toBe(reason);
});

it('counts only on what every unversioned worker knows', () => {
  expect(inAll([])).toBeNull();
  expect(inAll([SWITCHED.versions, UNVERSIONED])).toEqual({ from: 1, to: 1, newOrders: 2 });
});

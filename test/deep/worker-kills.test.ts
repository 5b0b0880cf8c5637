import { expect, it } from 'vitest';

import { ACTIVITY_STEPS, DECISIONS } from '#libs/contracts/workflows/activities';

import { isRefunded, SPARED, WAYS } from './kill-table.js';
import { describeKills } from './worker-kills.js';

describeKills(WAYS.filter((way) => !isRefunded(way)));

it('a worker is killed in each activity, or there is a reason why not', () => {
  const killed = WAYS.flatMap(({ kills }) => kills.map(({ activity }) => activity));
  const all = Object.keys({ ...ACTIVITY_STEPS, ...DECISIONS });
  expect([...new Set([...killed, ...Object.keys(SPARED)])].toSorted()).toEqual(all.toSorted());
});

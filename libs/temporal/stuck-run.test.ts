import { describe, expect, it } from 'vitest';

import { groupsNamed } from '#libs/config/environment';
import { readSettings } from '#libs/config/settings';

import { UNVERSIONED } from './task-queue.js';
import { type OpenTask, stuckBecause, WAITS_TOO_LONG } from './stuck-run.js';

const READ_AT = new Date('2026-11-28T12:00:00Z');
const ago = (seconds: number) => new Date(READ_AT.getTime() - seconds * 1_000);
const OLD = 'orders:1';
const NEW = 'orders:2';

/** Why a run is stuck whose task is as given, where workers of these versions asked for tasks so many seconds ago. */
const why = (
  task: OpenTask | null,
  { targets = [UNVERSIONED], pinnedTo = null, seen = {}, isListed = false }: Circumstances = {},
) =>
  stuckBecause(
    { task, pinnedTo },
    {
      targets,
      pollers: Object.entries(seen).map(([version, seconds]) => ({
        version,
        identity: '',
        seenAt: ago(seconds),
      })),
      readAt: READ_AT,
    },
    WAITS_TOO_LONG,
    isListed,
  );
interface Circumstances {
  readonly targets?: readonly string[];
  readonly pinnedTo?: string | null;
  readonly seen?: Readonly<Record<string, number>>;
  readonly isListed?: boolean;
}
const waiting = (seconds: number): OpenTask => ({ attempt: 1, waitsSince: ago(seconds) });
const running = (attempt: number): OpenTask => ({ attempt, waitsSince: null });

describe('a run', () => {
  it('that has no task is not stuck', () => {
    expect(why(null)).toBeNull();
    expect(why(null, { isListed: true })).toBeNull();
  });

  it('whose task a worker has is not, until that has failed three times', () => {
    expect([1, 2, 3, 9].map((attempt) => why(running(attempt)))).toEqual([
      null,
      null,
      'workflow_task_failing',
      'workflow_task_failing',
    ]);
  });

  it('that Temporal lists as failing is, from the second attempt on', () => {
    expect([1, 2].map((attempt) => why(running(attempt), { isListed: true }))).toEqual([
      null,
      'workflow_task_failing',
    ]);
  });

  it('whose task waits is stuck once no worker has asked for tasks for a while since', () => {
    expect(why(waiting(24))).toBeNull();
    expect(why(waiting(30))).toBe('no_worker_for_version');
    expect(why(waiting(30), { seen: { [UNVERSIONED]: 40 } })).toBe('no_worker_for_version');
  });

  it('whose task waits although workers ask is not: they are busy', () => {
    expect(why(waiting(300), { seen: { [UNVERSIONED]: 1 } })).toBeNull();
  });

  it('whose task has come since the queue was read is not: a worker may have asked since, too', () => {
    expect(why(waiting(-60), { seen: { [UNVERSIONED]: 1 } })).toBeNull();
    expect(why(waiting(-60))).toBeNull();
  });

  it('waits for the current version, whatever other workers there are', () => {
    const seen = { [UNVERSIONED]: 1, [OLD]: 1 };
    expect(why(waiting(30), { targets: [NEW], seen })).toBe('no_worker_for_version');
    expect(why(waiting(30), { targets: [OLD], seen })).toBeNull();
  });

  it('may wait for the version that is ramped up', () => {
    expect(why(waiting(30), { targets: [OLD, NEW], seen: { [OLD]: 1 } })).toBe('no_worker_for_version');
    expect(why(waiting(30), { targets: [OLD, NEW], seen: { [OLD]: 1, [NEW]: 1 } })).toBeNull();
  });

  it('that is pinned waits for its own version', () => {
    const seen = { [NEW]: 1 };
    expect(why(waiting(30), { targets: [NEW], pinnedTo: OLD, seen })).toBe('no_worker_for_version');
    expect(why(waiting(30), { targets: [OLD], pinnedTo: NEW, seen })).toBeNull();
  });

  it('is found within a minute: after it has waited too long, at the next look', () => {
    const { LOST_RUN_INTERVAL } = readSettings(groupsNamed(['worker']), {}).worker;
    expect(WAITS_TOO_LONG + LOST_RUN_INTERVAL).toBeLessThan(60_000);
  });
});

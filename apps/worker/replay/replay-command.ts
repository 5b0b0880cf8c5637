import { defineCommand } from '#libs/command/command-line';
import { withDefault, wholeNumber } from '#libs/command/option';
import { textTable } from '#libs/command/table';

import type { Replayed } from './replay-live.js';

export const REPLAY_LIVE = defineCommand({
  name: 'npm run -s replay-live --',
  about: [
    'Replays histories of orders and refunds that are going on at Temporal with the workflow code of this build, of each',
    'status the newest and the oldest, and changes nothing. Exits with 0 when the code can go on with all of them, with 1',
    'and their ids when it would break some, and with 2 when Temporal does not answer.',
  ],
  options: { sample: withDefault(wholeNumber(1, 100_000), '500', 'how many') },
});

/** The exit codes beside 0. */
export const WOULD_BREAK = 1;
export const NOT_CHECKED = 2;

/** What was replayed, and what would break, for people. */
export function replayedText({ groups, broken }: Replayed): string {
  const sum = (of: 'running' | 'replayed') => groups.reduce((total, group) => total + group[of], 0);
  const rows = groups.map(({ group, running, replayed }) => [group, String(running), String(replayed)]);
  const counts = textTable(
    ['status', 'running', 'replayed'],
    [...rows, ['all', String(sum('running')), String(sum('replayed'))]],
  );
  if (broken.length === 0) return `${counts}\nThis code can go on with all ${sum('replayed')}.`;
  const reasons = broken.map(({ name, reason }) => `  ${name}: ${reason}`);
  return [counts, `This code would break ${broken.length} of ${sum('replayed')}:`, ...reasons].join('\n');
}

import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import { runChild } from '../../dev/stack/processes/child.js';
import { programPath } from '../../dev/build/project.js';

/** Milliseconds for all ten acts, on a machine that is busy. */
const TIME_LIMIT = 600_000;

test(
  'the demo shows on a separate system that every claim of it holds',
  async () => {
    const lines: string[] = [];
    await runChild({
      name: 'demo',
      command: process.execPath,
      args: [programPath('dev/demo/main.js')],
      cwd: tmpdir(),
      onLine: (line) => lines.push(line),
    });
    const claims = lines.filter((line) => /^ +[✓✗]/.test(line));
    expect(claims.filter((line) => line.includes('✗'))).toEqual([]);
    expect(lines.at(-1)).toContain(`All ${claims.length} claims hold.`);
  },
  TIME_LIMIT,
);

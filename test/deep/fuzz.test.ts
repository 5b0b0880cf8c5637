import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import { runChild } from '../../dev/stack/processes/child.js';
import { programPath } from '../../dev/build/project.js';

/** Milliseconds, on a machine that is busy. */
const TIME_LIMIT = 900_000;

test(
  'the API matches its document, tested by Schemathesis from a fixed seed',
  async () => {
    const lines: string[] = [];
    await runChild({
      name: 'fuzz',
      command: process.execPath,
      // Without a key every request is refused before it is read: a few for each operation show that.
      args: [programPath('dev/fuzz/main.js'), '--seed', '1', '--keyless', '100'],
      cwd: tmpdir(),
      onLine: (line) => lines.push(line),
    }).catch((error: unknown) => {
      throw new Error(lines.join('\n'), { cause: error });
    });
    expect(lines.join('\n')).toContain('All is as documented');
  },
  TIME_LIMIT,
);

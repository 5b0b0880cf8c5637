import { tmpdir } from 'node:os';

import { expect, test } from 'vitest';

import { runChild } from '../../dev/stack/processes/child.js';
import { programPath } from '../../dev/build/project.js';

/** The shortest act stands for all: the others take two minutes, and what they show is tested in this folder. */
test('the demo shows on a system of its own that a refused order adds up', async () => {
  const lines: string[] = [];
  await runChild({
    name: 'demo',
    command: process.execPath,
    args: [programPath('dev/demo/main.js'), '--act', '5'],
    cwd: tmpdir(),
    onLine: (line) => lines.push(line),
  });
  const claims = lines.filter((line) => /^ +[✓✗]/.test(line));
  expect(claims.filter((line) => line.includes('✗'))).toEqual([]);
  expect(claims.join('\n')).toContain('1 charge of €129.00, 1 refund of €129.00');
  expect(lines.at(-1)).toContain(`All ${claims.length} claims hold.`);
});

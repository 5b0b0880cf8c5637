import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

const ORDER = fileURLToPath(new URL('../../dist/dev/order/order.js', import.meta.url));

let system: System;
useSharedSystem((opened) => {
  system = opened;
});

/** `npm run order`, on the system. */
async function order(args: readonly string[], env: Record<string, string> = {}) {
  const { API_PORT = '' } = system.environment;
  const run = promisify(execFile)(process.execPath, [ORDER, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], API_PORT, API_KEY: system.key, ...env },
  });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}

it('places an order and follows it to its end', async () => {
  const { stdout, code } = await order(['--sku', 'SOLD-OUT', '--quantity', '3']);
  expect(stdout).toMatch(/^R-\w{4}-\w{4} {2}€36\.00 {2}[\da-f-]{36}\n/);
  expect(stdout).toContain('order.accepted');
  expect(stdout).toMatch(/pending → rejected, payment none, because out_of_stock\n$/);
  expect(code).toBe(0);
});

it('prints what the API refuses', async () => {
  const { stderr, code } = await order(['--sku', 'UNICORN']);
  expect(stderr).toContain('422 unknown_sku: ');
  expect(code).toBe(1);
});

it('reports when there is no answer', async () => {
  const { stderr, code } = await order([], { API_PORT: '9' });
  expect(stderr).toContain('There is no answer at http://127.0.0.1:9. Start the stack with: npm start');
  expect(code).toBe(1);
});

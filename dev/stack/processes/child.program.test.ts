import { expect, test, vi } from 'vitest';

import { ChildFailed, type ChildOptions, runChild, startChild } from './child.js';
import { identify } from './process-identity.js';
import { programPath } from '../../build/project.js';

function node(script: string): ChildOptions {
  return { name: 'it', command: process.execPath, args: ['-e', script] };
}

test('a child is ready once it reports that, and gone once it was stopped', async () => {
  const child = await startChild({
    ...node('console.log("ready now"); setInterval(() => {}, 1e3)'),
    ready: /^ready/,
  });
  expect(identify(child.pid)).toBe(child.identity);
  await child.stop();
  expect(identify(child.pid)).toBeUndefined();
  expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM', expected: true });
});

test('one that ignores the signal is killed after its grace', async () => {
  const stubborn = node('process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1e3)');
  const child = await startChild({ ...stubborn, ready: /ready/, grace: 100 });
  await child.stop();
  expect(await child.exited).toMatchObject({ signal: 'SIGKILL', expected: true });
});

test('one that ends while it starts is reported with its last lines', async () => {
  const failure = startChild({ ...node('console.error("no such table"); process.exit(3)'), ready: /never/ });
  await expect(failure).rejects.toThrow(ChildFailed);
  await expect(failure).rejects.toThrow(/it ended while starting: exit code 3\.[\s\S]*no such table/);
});

test('one that is not ready in time is stopped', async () => {
  const failure = startChild({ ...node('setInterval(() => {}, 1e3)'), ready: /never/, readyWithin: 100 });
  await expect(failure).rejects.toThrow('it was not ready within 0.1 s');
});

test('a program is run to an end that is no failure', async () => {
  const script = node('console.error("two are left"); process.exit(2)');
  expect(await runChild({ ...script, codes: [0, 2] })).toBe(2);
  await expect(runChild(script)).rejects.toThrow(/it failed: exit code 2\.[\s\S]*two are left/);
});

test('a program that does not exist is reported', async () => {
  await expect(runChild({ name: 'it', command: '/nowhere', args: [] })).rejects.toThrow(
    'it could not be started: spawn /nowhere ENOENT',
  );
});

test('a child does not outlive a parent that was killed', async () => {
  const module = JSON.stringify(programPath('dev/stack/processes/child.js'));
  const parent = await startChild({
    name: 'parent',
    command: process.execPath,
    args: [
      '--input-type=module',
      '-e',
      `import { startChild } from ${module};
      const { pid, identity } = await startChild({ name: 'child', command: 'sleep', args: ['60'] });
      console.log('child', pid, identity);`,
    ],
    ready: /^child/,
  });
  const [, pid, identity] = parent.lastLines().at(-1)?.split(' ') ?? [];
  expect(identify(Number(pid))).toBe(identity);
  process.kill(parent.pid, 'SIGKILL');
  await vi.waitFor(() => expect(identify(Number(pid))).toBeUndefined(), { timeout: 30_000 });
});

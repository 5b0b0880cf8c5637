import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { failureText } from '#libs/command/run-command';

import { findAndStartTemporal } from './temporal/find-and-start-temporal.js';
import { dataFault, onKeptData } from './kept-data.js';
import { postgresHome } from './postgres/postgres-home.js';
import { startPostgres } from './postgres/postgres.js';
import { freePort } from './processes/ports.js';
import type { Step } from './step.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-processing-kept-'));
  // The server's own user has to get in.
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const step = (run: () => Promise<unknown>): Step => ({ part: 'postgres', doing: 'starting', run });

/** The message of a start that fails. */
async function messageOf(run: () => Promise<unknown>, place: string): Promise<string> {
  return onKeptData(step(run), [place])
    .run({})
    .then(() => 'it started', failureText);
}

const sentence = (place: string) =>
  `It was started on ${place}, which an earlier start kept. Where that is damaged, begin anew, which deletes every order: npm start -- --fresh`;

test('PostgreSQL says what to do about damaged data', async () => {
  const { data } = postgresHome(folder);
  const start = () => startPostgres({ folder });
  await (await start()).stop();

  writeFileSync(join(data, 'global', 'pg_control'), Buffer.alloc(8192, 7));
  const corrupt = await messageOf(start, data);
  expect(corrupt).toContain('PostgreSQL ended while starting');
  expect(corrupt).toContain(sentence(data));
  expect(corrupt).not.toMatch(/^\s+at /m);

  rmSync(join(data, 'PG_VERSION'));
  const without = await messageOf(start, data);
  expect(without).toBe(
    `PostgreSQL’s data in ${data} is damaged: PG_VERSION is not there.\n${sentence(data)}`,
  );
});

test('Temporal says what to do about a damaged file', async () => {
  const file = join(folder, 'temporal.db');
  writeFileSync(file, Buffer.alloc(100_000, 7));
  const port = await freePort();
  const message = await messageOf(
    () => findAndStartTemporal({}, process.env, { port, namespaces: ['orders'], file }),
    file,
  );
  expect(message).toContain('Temporal ended while starting');
  expect(message).toContain(sentence(file));
  expect(message).not.toMatch(/^\s+at /m);
});

test('a start on nothing does not blame what is kept', async () => {
  const message = messageOf(() => Promise.reject(new Error('no memory')), join(folder, 'nothing'));
  expect(await message).toMatch(/^Error: no memory\n\s+at /);
});

test('a file of .data that cannot be read or written is reported in a sentence', () => {
  const inTheWay = join(folder, 'data');
  writeFileSync(inTheWay, '');
  const fault = (act: () => void) => {
    try {
      act();
    } catch (error) {
      return dataFault(error, inTheWay);
    }
    return 'nothing failed';
  };
  const path = join(inTheWay, 'logs');
  expect(fault(() => mkdirSync(path))).toBe(
    `${inTheWay}, where everything is kept, cannot be used: ENOTDIR: not a directory, mkdir '${path}'. ` +
      'Let this user read and write it, or begin anew, which deletes it with every order: npm start -- --fresh',
  );
  expect(fault(() => mkdirSync(folder))).toBeUndefined();
});

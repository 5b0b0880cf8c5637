import type { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';

import { createLogger } from '#libs/telemetry/logger';

import { type WatchedParts, WorkerHealth } from './worker-health.js';

const inState = (state: ReturnType<Worker['getState']>) => ({ getState: () => state });
const RUNNING = inState('RUNNING');
const ping = async () => undefined;
const refused = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));

function health(changes: Partial<WatchedParts>): WorkerHealth {
  const parts: WatchedParts = {
    store: { isStuck: () => false },
    database: { ping },
    temporal: { ping },
    workers: [RUNNING, RUNNING],
    version: null,
    ...changes,
  };
  return new WorkerHealth(parts, createLogger('test', 'silent'), 100);
}

const faultsOf = async (changes: Partial<WatchedParts>) => {
  const { status, body } = await health(changes).ready();
  return [status, JSON.parse(body).faults];
};

describe('a worker', () => {
  it('is ready while its workers poll and the database and Temporal answer', async () => {
    expect(await health({}).ready()).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  });

  it('says which build it is, where workers are versioned', async () => {
    const version = { deploymentName: 'orders', buildId: '0.2.0' };
    expect(JSON.parse((await health({ version }).ready()).body)).toEqual({ status: 'ok', version });
  });

  it.each<[string, Partial<WatchedParts>]>([
    ['polling', { workers: [RUNNING, inState('DRAINING')] }],
    ['polling', { workers: [] }],
    ['database', { database: { ping: refused } }],
    ['temporal', { temporal: { ping: refused } }],
  ])('is not ready without %s', async (fault, changes) => {
    expect(await faultsOf(changes)).toEqual([503, [fault]]);
    expect(health(changes).live().status).toBe(200);
  });

  it('is not ready when a part does not answer in time', async () => {
    const silent = { ping: () => new Promise<void>(() => undefined) };
    expect(await faultsOf({ database: silent, temporal: silent })).toEqual([503, ['database', 'temporal']]);
  });

  it('is not live once every connection is lost', () => {
    expect(health({ store: { isStuck: () => true } }).live().status).toBe(503);
  });
});

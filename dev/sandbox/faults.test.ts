import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Faults } from './faults.js';
import type { Sandbox } from './sandbox.js';
import { faultsLeft, post, startTestSandbox } from './test-sandbox.js';

describe('scripted faults', () => {
  it('strike as often as scripted, in order, each at its operation', () => {
    const faults = new Faults();
    faults.add({ operation: 'refunds.create', fault: '500', times: 1 });
    faults.add({ operation: 'refunds.create', fault: 'slow', times: 2, delay: 7 });
    expect(faults.take('shipments.create', { replay: false })).toBeUndefined();
    expect(faults.take('refunds.create', { replay: false })?.fault).toBe('500');
    expect(faults.take('refunds.create', { replay: false })).toEqual({ fault: 'slow', delay: 7 });
    expect(faults.list()).toEqual([{ operation: 'refunds.create', fault: 'slow', times: 1, delay: 7 }]);
    faults.take('refunds.create', { replay: false });
    expect(faults.take('refunds.create', { replay: false })).toBeUndefined();
  });

  it("spare a replay, unless they are the network's", () => {
    const faults = new Faults();
    faults.add({ operation: 'refunds.create', fault: '500', times: 1 });
    expect(faults.take('refunds.create', { replay: true })).toBeUndefined();
    faults.add({ operation: 'refunds.create', fault: 'drop_after', times: 1 });
    expect(faults.take('refunds.create', { replay: true })?.fault).toBe('drop_after');
  });
});

describe('/sandbox/faults', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  afterAll(() => sandbox.close());

  it('takes a fault, lists what is left, and clears', async () => {
    const response = await post(`${sandbox.url}/sandbox/faults`, {
      operation: 'shipments.create',
      fault: 500,
      times: 3,
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ operation: 'shipments.create', fault: '500', times: 3 });
    expect(await faultsLeft(sandbox)).toBe(3);
    expect((await fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' })).status).toBe(204);
    expect(await faultsLeft(sandbox)).toBe(0);
  });

  it.each([
    [{ operation: 'shipments.create', fault: 'explode' }, '/fault'],
    [{ operation: 'coffee.brew', fault: 'slow' }, '/operation'],
    [{ operation: 'shipments.create', fault: 'slow', times: 0 }, '/times'],
    [{ operation: 'shipments.create', fault: '429', delay: 5 }, '/delay'],
  ])('says what is wrong with %j', async (body, pointer) => {
    const response = await post(`${sandbox.url}/sandbox/faults`, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 400, errors: [{ pointer }] });
  });

  it('answers problems for bad JSON and unknown addresses', async () => {
    const bad = await fetch(`${sandbox.url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(bad.status).toBe(400);
    expect((await fetch(`${sandbox.url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
  });
});

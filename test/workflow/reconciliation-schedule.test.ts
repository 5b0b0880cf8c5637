import { afterEach, beforeEach, expect, it } from 'vitest';

import { keepScheduling } from '../../apps/worker/reconciliation/reconcile-schedule.js';
import { RECONCILE_SCHEDULE } from '#libs/contracts/workflows/reconcile-workflow';
import { lazyClient } from '#libs/temporal/connection';

import { capturedLog } from '../support/captured-log.js';
import { eventually } from '../support/eventually.js';
import { OwnTemporal } from '../support/own-temporal.js';

const HOUR = 3_600_000;

let temporal: OwnTemporal;
beforeEach(async () => {
  temporal = await OwnTemporal.start();
});
afterEach(() => temporal.stop());

it('a worker that starts while Temporal is away schedules the reconciliation once it is back', async () => {
  const client = lazyClient({
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_TLS: false,
  });
  const { logger, lines } = capturedLog('worker');
  await temporal.kill();
  const scheduled = keepScheduling(client, HOUR, logger, new AbortController().signal, {
    timeout: 500,
    pause: 100,
  });
  await eventually(
    () => lines,
    (all) => all.some((line) => line.includes('could not be scheduled and will be tried again')),
  );
  await temporal.start();
  await scheduled;
  const { spec } = await client.schedule.getHandle(RECONCILE_SCHEDULE).describe();
  expect(spec.intervals).toMatchObject([{ every: HOUR }]);
  await client.connection.close();
});

it('a worker that stops gives it up', async () => {
  const client = lazyClient({
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_TLS: false,
  });
  await temporal.kill();
  const stopping = new AbortController();
  const given = keepScheduling(client, HOUR, capturedLog('worker').logger, stopping.signal, {
    timeout: 500,
    pause: 60_000,
  });
  stopping.abort();
  await given;
  await client.connection.close();
});

import { expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import type { LogContext } from '#libs/telemetry/log-context';

import { RequestIds } from './request-ids.js';

const ID = orderId('019b7654-0000-7000-8000-000000000001');

it('the request that placed an order is read once, and known for its runs from then on', async () => {
  let reads = 0;
  const requests = new RequestIds({
    requestIdOf: async () => {
      reads += 1;
      return 'shop-1';
    },
  });
  expect(requests.ofRun(`order-${ID}`)).toEqual({ orderId: ID });
  for (const _ of [1, 2]) {
    const context: LogContext & { orderId: typeof ID } = { orderId: ID };
    await requests.complete(context);
    expect(context.reqId).toBe('shop-1');
  }
  expect(reads).toBe(1);
  requests.sawRun('refund-7', ID);
  for (const run of [`order-${ID}`, `payment-sync-${ID}`, 'refund-7'])
    expect(requests.ofRun(run)).toEqual({ orderId: ID, reqId: 'shop-1' });
  expect(requests.ofRun('reconcile-1')).toEqual({});
});

it('a request that cannot be read is left out, and asked for again', async () => {
  const answers = [Promise.reject(new Error('away')), Promise.resolve('shop-1')];
  const requests = new RequestIds({ requestIdOf: async () => answers.shift() ?? null });
  const context: LogContext & { orderId: typeof ID } = { orderId: ID };
  await requests.complete(context);
  expect(context.reqId).toBeUndefined();
  await requests.complete(context);
  expect(context.reqId).toBe('shop-1');
});

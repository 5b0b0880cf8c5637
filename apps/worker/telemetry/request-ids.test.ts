import { expect, it } from 'vitest';

import { orderId } from '#libs/domain/order/order-id';
import { inLogContext, type LogContext } from '#libs/telemetry/log-context';

import { RequestIds } from './request-ids.js';

const ID = orderId('019b7654-0000-7000-8000-000000000001');
const OTHER = orderId('019b7654-0000-7000-8000-000000000002');

it('the request that placed an order is known for its runs once the order was read', () => {
  const requests = new RequestIds();
  expect(requests.ofRun(`order-${ID}`)).toEqual({ orderId: ID });
  requests.read({ id: ID, requestId: 'shop-1' });
  requests.sawRun('refund-7', ID);
  for (const run of [`order-${ID}`, `payment-sync-${ID}`, 'refund-7'])
    expect(requests.ofRun(run)).toEqual({ orderId: ID, reqId: 'shop-1' });
  expect(requests.ofOrder(ID)).toEqual({ orderId: ID, reqId: 'shop-1' });
  expect(requests.ofRun('reconcile-1')).toEqual({});
});

it('lines about an order have its request from when the order is read on, and no request of another order', () => {
  const requests = new RequestIds();
  const context: LogContext = requests.ofOrder(ID);
  inLogContext(context, () => requests.read({ id: OTHER, requestId: 'shop-2' }));
  expect(context).toEqual({ orderId: ID });
  inLogContext(context, () => requests.read({ id: ID, requestId: 'shop-1' }));
  expect(context).toEqual({ orderId: ID, reqId: 'shop-1' });
});

import { expect, test } from 'vitest';

import { ORDER_WORKFLOW, TASK_QUEUES } from '#libs/contracts/workflows/order-workflow';

import { acceptOrder } from './orders.js';
import { needlesFor, personalDataIn } from './secrecy.js';
import { WorkflowHarness } from './workflow-harness.js';

test.each([
  ['as it is', 'sent to Zoë O’Hara <zoe@example.com>'],
  ['in other case', 'ZOË O’HARA'],
  ['as JSON in JSON', JSON.stringify({ details: 'Zoë O’Hara' })],
  ['in a query', '/orders?q=Zo%C3%AB+O%E2%80%99Hara'],
  ['in a path', '/customers/Zo%C3%AB%20O%E2%80%99Hara'],
])('a name is found %s', (_how, text) => {
  const needles = needlesFor(new Map([['Zoë O’Hara', 'customer_name']]));
  expect(personalDataIn(needles, { where: 'a line', text })).toEqual(['customer_name in a line']);
});

test('other words are no name', () => {
  const needles = needlesFor(new Map([['Zoë O’Hara', 'customer_name']]));
  expect(personalDataIn(needles, { where: 'a line', text: 'Zoë was here, and so was O’Hara' })).toEqual([]);
});

test('a shop without personal data in its logs closes without an error', async () => {
  const shop = await WorkflowHarness.open();
  await shop.label(await shop.place());
  await shop.close();
});

test('each place with personal data is named, with the field', async () => {
  const shop = await WorkflowHarness.open();
  const order = await acceptOrder(shop.store);
  const { customer, shippingAddress } = order;
  shop.ports.logger.debug({ to: customer.name }, 'said too much');
  await shop.store.orders.change(await shop.store.orders.get(order.id), () => ({
    event: { type: 'order.invalid', actor: 'workflow', details: { phone: shippingAddress.phone } },
  }));
  await shop.client.workflow.start(ORDER_WORKFLOW, {
    workflowId: 'indiscreet',
    taskQueue: TASK_QUEUES.email,
    args: [{ street: shippingAddress.line1 }],
    memo: { city: shippingAddress.city },
  });

  const complaint = await shop.close().then(() => 'none', String);
  expect(complaint).toMatch(/customer_name in the log line .*said too much/);
  expect(complaint).toMatch(/shipping_address\.phone in table order_event/);
  expect(complaint).toMatch(/shipping_address\.line1 in the history of indiscreet/);
  expect(complaint).toMatch(/shipping_address\.city in what the list shows of indiscreet/);
});

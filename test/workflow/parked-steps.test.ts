import { describe, expect, it } from 'vitest';

import { attention, progress } from '#libs/contracts/workflows/order-workflow';

import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('a step that cannot be done', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it('is retried while its provider is down, shown as waiting, and done once', async () => {
    await shop.fault('payment_intents.confirm', '500', 10_000);
    const id = await shop.place({ policy: { retry: { attempts: 10_000, initial: 100, max: 200 } } });
    const waiting = await shop.until(id, ({ waits }) => waits.some((wait) => wait.step === 'charge'));
    const wait = waiting.waits.find(({ step }) => step === 'charge');
    expect(wait).toMatchObject({ lastError: 'gateway_error' });
    expect(Date.parse(wait?.nextTryAt ?? '')).toBeGreaterThan(Date.parse(wait?.since ?? ''));
    expect(Date.parse(wait?.deadline ?? '')).toBeGreaterThan(Date.now());
    await shop.clearFaults();

    const trackingNumber = await shop.label(id);
    const order = await shop.store.orders.get(id);
    expect(order.waits.map(({ step }) => step)).toEqual(['deliver']);
    expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
  });

  it('is parked after its last attempt, found in Temporal, and resumed by an operator’s retry', async () => {
    await shop.fault('shipments.create', '500', 3);
    const id = await shop.place();
    const parked = await shop.until(id, ({ attention: open }) => open.length > 0);
    expect(parked).toMatchObject({
      status: 'confirmed',
      attention: [{ kind: 'parked', step: 'ship', reason: 'carrier_error' }],
      waits: [{ step: 'ship', attempt: 3, nextTryAt: null, lastError: 'carrier_error' }],
    });
    const handle = shop.handle(id);
    expect(await handle.query(attention)).toMatchObject([
      { kind: 'parked', step: 'ship', reason: 'carrier_error' },
    ]);
    // The confirmation does not wait for the label.
    await eventually(
      () => shop.eventTypes(id),
      (types) => types.includes('email.sent'),
    );
    expect(await handle.query(progress)).toMatchObject({
      done: ['validate', 'reserve', 'charge', 'confirm'],
      running: ['ship'],
    });
    const found = () => shop.list(`OrderAttention = "ship" AND OrderStatus = "confirmed"`);
    await eventually(found, (ids) => ids.includes(handle.workflowId));

    await shop.answer(id, 'ship', 'retry');
    const trackingNumber = await shop.label(id);
    await eventually(found, (ids) => !ids.includes(handle.workflowId));
    // The label is known a moment before its step is shown as done.
    const going = await shop.until(id, ({ waits }) => waits.every(({ step }) => step === 'deliver'));
    expect(going).toMatchObject({ attention: [], waits: [{ step: 'deliver' }] });
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    await recordHistory(handle, 'parked-and-retried');
  });

  it('does not stop the listening when it is a mail, and can be skipped', async () => {
    shop.inbox.answer = { code: 451, times: 3 };
    const id = await shop.place();
    const trackingNumber = await shop.label(id);
    await shop.until(id, ({ attention: open }) => open.some(({ step }) => step === 'confirm'));
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    expect(await shop.store.orders.get(id)).toMatchObject({ status: 'delivered', closedAt: null });

    await shop.answer(id, 'confirm', 'skip');
    const order = await shop.closed(id);
    expect(shop.inbox.subjectsTo(emailOf(order))).toEqual([`Your order ${order.number} has been delivered`]);
    await recordHistory(shop.handle(id), 'mail-skipped');
  });

  it('is recorded and skipped when it is a mail refused for good', async () => {
    shop.inbox.answer = { code: 550, times: 1 };
    const id = await shop.place();
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await shop.closed(id);
    expect(await shop.eventTypes(id)).toContain('email.refused');
  });

  it('is parked soon, though not at once, when the fault is ours', async () => {
    const id = await shop.placeWithIntent('pi_unknown', {
      retry: { attempts: 1_000, initial: 50, max: 200 },
    });
    const order = await shop.until(id, ({ attention: open }) => open.length > 0);
    expect(order).toMatchObject({
      attention: [{ kind: 'parked', step: 'charge', reason: 'bug' }],
      waits: [{ attempt: 5, nextTryAt: null }],
    });
    await shop.handle(id).terminate();
  });
});

import { describe, expect, it } from 'vitest';

import { orderActivities } from '../../apps/worker/activities/activities.js';
import type { OrderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

const JOINED = { policy: { workflowVersion: 2 } };

describe('an order whose steps are joined', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  /** The activities of its run, by name. */
  const activitiesOf = async (id: OrderId) => {
    await shop.handle(id).result();
    const { events } = await shop.handle(id).fetchHistory();
    return (events ?? [])
      .flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [])
      .toSorted();
  };
  const lastEvents = async (id: OrderId) => (await shop.eventTypes(id)).slice(-2);
  /** Places an order, and waits until it has its label and its confirmation. */
  const onItsWay = async () => {
    const id = await shop.place(JOINED);
    const trackingNumber = await shop.label(id);
    await eventually(
      () => shop.eventTypes(id),
      (types) => types.includes('email.sent'),
    );
    return { id, trackingNumber };
  };

  it('is validated, reserved and charged by one activity, and closed with the record of its last notice', async () => {
    const { id, trackingNumber } = await onItsWay();
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    const { number, customer } = await shop.closed(id);
    expect(await activitiesOf(id)).toEqual(['createShipment', 'reserveAndCharge', 'sendConfirmation']);
    expect(await lastEvents(id)).toEqual(['email.sent', 'order.closed']);
    expect(shop.inbox.subjectsTo(emailOf({ customer }))).toEqual([
      `Your order ${number} is confirmed`,
      `Your order ${number} has been delivered`,
    ]);
  });

  it('is reserved, told and closed once where an activity is repeated that had written', async () => {
    const { id, trackingNumber } = await onItsWay();
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    const [events, stock] = [await shop.eventTypes(id), await shop.stock('MUG-BLUE')];
    const { orders, email } = orderActivities(shop.ports);
    await orders.validateAndReserve(id);
    // The run has the order closed then, which changes nothing.
    expect(await email.closeWithDeliveryNotice(id)).toBe(false);
    expect(await orders.closeOrder(id, { status: 'delivered' })).toEqual({ is: 'ended' });
    expect(await shop.eventTypes(id)).toEqual(events);
    expect(await shop.stock('MUG-BLUE')).toEqual(stock);
  });

  it.each([
    ['invalid', { lines: [{ sku: 'RETIRED', quantity: 1 }] }],
    ['out_of_stock', { lines: [{ sku: 'SOLD-OUT', quantity: 1 }] }],
  ])('is rejected as %s, with nothing reserved', async (code, wanted) => {
    const id = await shop.place({ ...wanted, ...JOINED });
    expect(await shop.closed(id)).toMatchObject({
      status: 'rejected',
      fulfilment: 'none',
      endReason: { code, by: 'workflow' },
    });
  });

  it('is not found invalid any more once its goods are reserved', async () => {
    const id = await shop.place(JOINED);
    await shop.label(id);
    const { orders } = orderActivities({ ...shop.ports, shipTo: ['CH'] });
    const { number } = await shop.store.orders.get(id);
    expect(await orders.reserveAndCharge(id)).toEqual({ number, payment: { is: 'paid' } });
  });

  it('is closed although its notice is refused for good', async () => {
    const { id, trackingNumber } = await onItsWay();
    shop.inbox.answer = { code: 550, times: 1 };
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    expect(await lastEvents(id)).toEqual(['email.refused', 'order.closed']);
    expect(await activitiesOf(id)).toContain('closeOrder');
  });

  it('is refused a late cancellation once, and not again after its end', async () => {
    const { id, trackingNumber } = await onItsWay();
    await shop.carrierSays(trackingNumber, 'shipment.picked_up');
    await shop.until(id, ({ status }) => status === 'shipped');
    await shop.handle(id).cancel();
    await eventually(
      () => shop.eventTypes(id),
      (types) => types.includes('cancellation.refused'),
    );
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    await shop.handle(id).result();
    expect((await shop.eventTypes(id)).filter((type) => type === 'cancellation.refused')).toHaveLength(1);
  });

  it('is closed once an operator has skipped its notice', async () => {
    const { id, trackingNumber } = await onItsWay();
    shop.inbox.answer = { code: 451, times: 100 };
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.until(id, ({ attention }) => attention.some(({ step }) => step === 'notify'));
    expect((await shop.store.orders.get(id)).closedAt).toBeNull();
    await shop.answer(id, 'notify', 'skip');
    expect(await shop.closed(id)).toMatchObject({ status: 'delivered', waits: [], attention: [] });
    expect(await activitiesOf(id)).toContain('closeOrder');
  });

  it('has an activity for each step in the version before', async () => {
    const id = await shop.place({ policy: { workflowVersion: 1 } });
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await shop.closed(id);
    expect(await activitiesOf(id)).toEqual(
      expect.arrayContaining(['validateOrder', 'reserveStock', 'sendDeliveryNotice', 'closeOrder']),
    );
  });
});

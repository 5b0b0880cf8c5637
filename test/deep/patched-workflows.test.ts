import { describe, expect, it } from 'vitest';

import { WORKFLOWS_PATH } from '../../apps/worker/workflow-code.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { eventually } from '../support/eventually.js';
import { emailOf } from '../support/orders.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';
import { PATCHED, UNPATCHED } from '../replay/changes/changes.js';

describe('a change to the workflow that is deployed while an order waits for its delivery', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  const waitsForDelivery = (id: OrderId) =>
    shop.until(id, ({ waits }) => waits.length === 1 && waits[0]?.step === 'deliver');

  /** What happened first, of the two whose order the change changes. */
  const happenedFirst = async (id: OrderId) =>
    (await shop.eventTypes(id)).find((type) => type === 'email.sent' || type === 'inventory.reserved');

  const mails = async (id: OrderId) =>
    shop.inbox.to(emailOf(await shop.store.orders.get(id))).map(({ subject }) => subject);

  it('leaves that order on the old path behind patched(), and takes the next one along the new', async () => {
    const old = await shop.place();
    await waitsForDelivery(old);
    await shop.deploy(PATCHED);
    const young = await shop.place();
    for (const id of [old, young]) {
      await shop.carrierSays(await shop.label(id), 'shipment.delivered');
      expect(await shop.closed(id)).toMatchObject({
        status: 'delivered',
        payment: 'captured',
        attention: [],
      });
      expect(await mails(id)).toHaveLength(2);
    }
    expect(await happenedFirst(old)).toBe('inventory.reserved');
    expect(await happenedFirst(young)).toBe('email.sent');
  });

  it('stops that order when it is not behind patched(), until a deploy puts it there', async () => {
    await shop.deploy(WORKFLOWS_PATH);
    const id = await shop.place();
    await waitsForDelivery(id);
    await shop.deploy(UNPATCHED);
    await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    await eventually(
      async () => (await shop.handle(id).fetchHistory()).events ?? [],
      (events) => events.some(({ workflowTaskFailedEventAttributes: failed }) => failed),
    );
    expect(await shop.store.orders.get(id)).toMatchObject({ status: 'delivered', closedAt: null });

    await shop.deploy(PATCHED);
    await shop.until(id, ({ closedAt }) => closedAt !== null, 60_000);
    expect(await mails(id)).toHaveLength(2);
    expect(await happenedFirst(id)).toBe('inventory.reserved');
  }, 120_000);
});

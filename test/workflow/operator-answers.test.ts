import { describe, expect, it } from 'vitest';

import { attentionResolved } from '#libs/contracts/workflows/order-workflow';

import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('a person', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  it('may answer through Temporal, and the order shows nothing open any more', async () => {
    await shop.fault('shipments.create', '500', 3);
    const id = await shop.place();
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    const attentionId = parked.attention[0]?.id ?? '';
    await shop.handle(id).signal(attentionResolved, { attentionId, action: 'retry', by: 'temporal' });

    const trackingNumber = await shop.label(id);
    // The label is known a moment before its step is shown as done.
    const going = await shop.until(id, ({ waits }) => waits.every(({ step }) => step === 'deliver'));
    expect(going).toMatchObject({ attention: [], waits: [{ step: 'deliver', lastError: null }] });
    expect(await shop.eventTypes(id)).toContain('order.resumed');
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
  });

  it('who asks why an order was rejected reads which product was short', async () => {
    const id = await shop.place({
      lines: [
        { sku: 'MUG-BLUE', quantity: 1 },
        { sku: 'SOLD-OUT', quantity: 1 },
      ],
    });
    await shop.closed(id);
    const trail = await shop.store.orders.events(id);
    expect(trail).toContainEqual(
      expect.objectContaining({ type: 'inventory.refused', changes: { short: ['SOLD-OUT'] } }),
    );
    expect(trail.find(({ type }) => type === 'order.rejected')).toMatchObject({
      changes: { status: { from: 'pending', to: 'rejected' }, endReason: 'out_of_stock' },
    });
  });
});

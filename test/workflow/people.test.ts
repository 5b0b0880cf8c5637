import { describe, expect, it } from 'vitest';

import { attentionResolved } from '#libs/contracts/order-workflow';

import { useWorkshop } from '../support/use-workshop.js';
import type { Workshop } from '../support/workshop.js';

describe('a person', () => {
  let shop: Workshop;
  useWorkshop((opened) => {
    shop = opened;
  });

  it('who answers through Temporal is heard, and the order shows nothing open any more', async () => {
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

  it('who acknowledged that a run was terminated is not told again, nor while the delivery is waited for', async () => {
    const id = await shop.place();
    await shop.label(id);
    await shop.handle(id).terminate('by hand');
    const sweepLater = async () => {
      await shop.database
        .$executeRaw`UPDATE orders SET look_at = look_at - interval '2 hours' WHERE id = ${id}::uuid`;
      await shop.sweeper.sweep();
    };
    await sweepLater();
    const flagged = await shop.store.orders.get(id);
    expect(flagged).toMatchObject({
      attention: [{ kind: 'run_closed', reason: 'terminated' }],
      waits: [{ step: 'deliver' }],
    });

    const attentionId = flagged.attention[0]?.id ?? '';
    const by = 'service:operator';
    await shop.store.attention.resolve(flagged, attentionId, { action: 'acknowledge', note: null, by });
    await sweepLater();
    await sweepLater();
    expect(await shop.store.orders.get(id)).toMatchObject({ attention: [] });
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
    expect(trail.at(-1)).toMatchObject({
      type: 'order.rejected',
      changes: { status: { from: 'pending', to: 'rejected' }, endReason: 'out_of_stock' },
    });
  });
});

import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { WORKFLOW_SUMMARIES } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';

import { ACTIVITY_SUMMARIES } from '../../apps/worker/workflows/summaries.js';
import { eventually } from '../support/eventually.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('what Temporal’s UI shows of an order', () => {
  let shop: WorkflowHarness;
  useWorkflowHarness((opened) => {
    shop = opened;
  });

  /** Its current details, as the UI requests them. */
  async function details(id: OrderId): Promise<string> {
    const metadata = await shop.handle(id).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  }

  /** The summaries of a run's timers and activities, by what they are called in its history. */
  async function summaries(id: OrderId) {
    const { events } = await shop.handle(id).fetchHistory();
    const named = (events ?? []).flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes?.activityType?.name;
      const name = scheduled ?? (event.timerStartedEventAttributes ? 'timer' : undefined);
      if (typeof name !== 'string') return [];
      const summary = event.userMetadata?.summary;
      return [[name, summary ? defaultPayloadConverter.fromPayload<string>(summary) : 'nothing'] as const];
    });
    return {
      timers: named.flatMap(([name, summary]) => (name === 'timer' ? [summary] : [])),
      activities: named.filter(([name]) => name !== 'timer'),
    };
  }

  it('shows its number, its status and what it waits for, from the first step to the last', async () => {
    await shop.fault('shipments.create', '500', 3);
    const id = await shop.place({ policy: { graceBeforeCharge: 50 } });
    const parked = await shop.until(id, ({ attention }) => attention.length > 0);
    const [open] = parked.attention;
    expect(
      await eventually(
        () => details(id),
        (text) => text.includes('operator') && !text.includes('mailing'),
      ),
    ).toBe(
      [
        `**Order ${parked.number}**: confirmed`,
        '- waiting for the label',
        `- needs an operator: parked in ship, carrier_error (attention ${open?.id})`,
      ].join('\n'),
    );
    await shop.answer(id, 'ship', 'retry');
    const trackingNumber = await shop.label(id);
    await eventually(
      () => details(id),
      (text) => text === `**Order ${parked.number}**: confirmed\n- waiting for the delivery`,
    );
    await shop.carrierSays(trackingNumber, 'shipment.delivered');
    await shop.closed(id);
    expect(await details(id)).toBe(`**Order ${parked.number}**: delivered`);

    const description = await shop.handle(id).describe();
    expect(await description.staticSummary()).toBe(WORKFLOW_SUMMARIES.order);
    expect(await description.staticDetails()).toContain(`/orders/${id}`);
    const { timers, activities } = await summaries(id);
    expect(timers).toEqual(['Charge begins', 'Parcel is overdue']);
    const table: Readonly<Record<string, string>> = ACTIVITY_SUMMARIES;
    expect(activities.length).toBeGreaterThan(6);
    for (const [name, summary] of activities) expect(summary).toBe(table[name]);
  });
});

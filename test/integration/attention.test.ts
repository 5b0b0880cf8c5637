import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { AttentionKind } from '#libs/domain/order/attention';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Resolution, StepName } from '#libs/domain/order/steps';

import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

const ANSWERS: readonly Resolution[] = ['retry', 'skip', 'fail', 'acknowledge'];

describe('an attention', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  async function park(
    id: OrderId,
    changes: { kind?: AttentionKind; step?: StepName; isCompensation?: boolean; attention?: string } = {},
  ): Promise<string> {
    const { kind = 'parked', step = 'ship', isCompensation = false, attention = randomUUID() } = changes;
    const reason = 'carrier_unreachable';
    await bench.store.attention.park(await bench.order(id), {
      id: attention,
      kind,
      step,
      isCompensation,
      reason,
    });
    return attention;
  }

  const answer = async (id: OrderId, attention: string, action: Resolution, by = 'service:ops') =>
    bench.store.attention.resolve(await bench.order(id), attention, { action, note: `by ${by}`, by });
  const stored = (attention: string) =>
    bench.database.attention.findUniqueOrThrow({ where: { id: attention } });
  const overdue = async (wanted: { pickedUp: boolean }) => {
    const { id, trackingNumber } = await bench.labelled();
    if (wanted.pickedUp) await bench.store.inbox.receive(carrierEvent('shipment.picked_up', trackingNumber));
    const attention = await park(id, { kind: 'delivery_overdue', step: 'deliver' });
    return { id, attention, trackingNumber };
  };

  it('is opened once under its id, however often that is requested', async () => {
    const { id } = await bench.labelled();
    const attention = randomUUID();
    await Promise.all(Array.from({ length: 5 }, () => park(id, { attention })));
    expect((await bench.order(id)).attention).toMatchObject([
      { id: attention, kind: 'parked', step: 'ship', reason: 'carrier_unreachable' },
    ]);
    expect((await bench.eventTypes(id)).filter((type) => type === 'order.parked')).toHaveLength(1);
  });

  it('is not opened again by a park that comes after its answer', async () => {
    const { id } = await bench.labelled();
    const attention = await park(id);
    expect(await answer(id, attention, 'retry')).toBe('resolved');
    await park(id, { attention });
    expect((await bench.order(id)).attention).toEqual([]);
  });

  it('is answered by one of two operators, and keeps that answer', async () => {
    const { id } = await bench.labelled();
    const attention = await park(id);
    const operators = ['service:one', 'service:other'] as const;
    const results = await Promise.all([
      answer(id, attention, 'retry', operators[0]),
      answer(id, attention, 'fail', operators[1]),
    ]);
    expect(results.toSorted()).toEqual(['already_resolved', 'resolved']);
    const winner = results[0] === 'resolved' ? 0 : 1;
    expect(await stored(attention)).toMatchObject({
      action: winner === 0 ? 'retry' : 'fail',
      by: operators[winner],
      note: `by ${operators[winner]}`,
    });
    expect(await answer(id, attention, 'retry')).toBe('already_resolved');
    const answers = (await bench.store.orders.events(id)).filter(({ type }) => type === 'attention.resolved');
    expect(answers).toMatchObject([{ actor: operators[winner] }]);
  });

  it('is shown with its answer and note, and when the order continued with it', async () => {
    const { id } = await bench.labelled();
    const all = () => bench.store.attention.ofOrder(id);
    const parked = await park(id);
    const contradiction = await park(id, { kind: 'contradicting_event', step: 'deliver' });
    expect(await all()).toMatchObject([
      { id: parked, kind: 'parked', isCompensation: false, resolution: null },
      { id: contradiction, resolution: null },
    ]);
    expect((await all())[0]).toEqual({ ...(await bench.order(id)).attention[0], resolution: null });

    await answer(id, parked, 'retry');
    await answer(id, contradiction, 'acknowledge');
    const answered = { by: 'service:ops', note: 'by service:ops', resolvedAt: expect.any(String) };
    expect(await all()).toMatchObject([
      { resolution: { ...answered, action: 'retry', appliedAt: null } },
      { resolution: { ...answered, action: 'acknowledge', appliedAt: expect.any(String) } },
    ]);
    const of = (attention: string) => bench.store.outcomes.of([{ about: 'resolution', id: attention }]);
    expect(await of(parked)).toEqual([{ is: 'open' }]);
    await bench.store.attention.markSignalled(parked);
    expect(await of(parked), 'a signal is not progress').toEqual([{ is: 'open' }]);
    await bench.store.attention.leave(await bench.order(id), parked, 'retry');
    expect(await of(parked)).toEqual([{ is: 'done' }]);
    expect(await of(contradiction)).toEqual([{ is: 'done' }]);
  });

  it.each<{ kind: AttentionKind; step: StepName; isCompensation?: boolean; may: Resolution[] }>([
    { kind: 'parked', step: 'validate', may: ['retry', 'fail'] },
    { kind: 'parked', step: 'reserve', may: ['retry', 'fail'] },
    { kind: 'parked', step: 'charge', may: ['retry', 'fail'] },
    { kind: 'parked', step: 'ship', may: ['retry', 'fail'] },
    { kind: 'parked', step: 'confirm', may: ['retry', 'skip'] },
    { kind: 'parked', step: 'notify', may: ['retry', 'skip'] },
    { kind: 'parked', step: 'reserve', isCompensation: true, may: ['retry'] },
    { kind: 'parked', step: 'charge', isCompensation: true, may: ['retry'] },
    { kind: 'parked', step: 'ship', isCompensation: true, may: ['retry'] },
    { kind: 'delivery_overdue', step: 'deliver', may: ['skip', 'fail'] },
    { kind: 'contradicting_event', step: 'deliver', may: ['acknowledge'] },
  ])(
    'takes only what answers it: $kind $step, isCompensation $isCompensation: $may',
    async ({ kind, step, isCompensation, may }) => {
      for (const action of ANSWERS) {
        const { id } = await bench.labelled();
        const attention = await park(id, { kind, step, isCompensation });
        const legal = may.includes(action);
        expect(await answer(id, attention, action), action).toBe(legal ? 'resolved' : 'illegal_resolution');
        expect((await bench.order(id)).attention, action).toHaveLength(legal ? 0 : 1);
        if (kind === 'delivery_overdue' && legal) await bench.finish(id);
      }
    },
  );

  it('is not found under the id of another order, or under no id that was given', async () => {
    const [{ id }, other] = await Promise.all([bench.labelled(), bench.labelled()]);
    const attention = await park(id);
    expect(await answer(other.id, attention, 'retry')).toBe('not_found');
    expect(await answer(id, randomUUID(), 'retry')).toBe('not_found');
    expect((await bench.order(id)).attention).toHaveLength(1);
  });

  describe('for a delivery that is overdue', () => {
    it.each([
      ['before it was picked up', false],
      ['after it was picked up', true],
    ])('is answered that it arrived: %s', async (_, pickedUp) => {
      const before = await bench.stock('MUG-BLUE');
      const { id, attention } = await overdue({ pickedUp });
      expect(await answer(id, attention, 'skip')).toBe('resolved');
      expect(await bench.order(id)).toMatchObject({
        status: 'delivered',
        fulfilment: 'delivered',
        payment: 'captured',
        endReason: null,
        attention: [],
        waits: [],
      });
      expect(await bench.movements(id)).toEqual(['MUG-BLUE shipped -2']);
      expect(await bench.stock('MUG-BLUE')).toEqual({ onHand: before.onHand - 2, reserved: before.reserved });
      await bench.finish(id);
    });

    it.each([
      ['before it was picked up', false, 'lost'],
      ['after it was picked up', true, 'shipped'],
    ])('is answered that it is lost: %s', async (_, pickedUp, left) => {
      const before = await bench.stock('MUG-BLUE');
      const { id, attention } = await overdue({ pickedUp });
      expect(await answer(id, attention, 'fail', 'service:ops')).toBe('resolved');
      expect(await bench.order(id)).toMatchObject({
        status: 'undelivered',
        fulfilment: 'lost',
        endReason: { code: 'lost', by: 'service:ops' },
        attention: [],
        waits: [],
      });
      // Goods that left the stock as shipped are not written off a second time.
      expect(await bench.movements(id)).toEqual([`MUG-BLUE ${left} -2`]);
      expect(await bench.stock('MUG-BLUE')).toEqual({ onHand: before.onHand - 2, reserved: before.reserved });
      await bench.finish(id);
    });

    it('is answered too late to change an order that the carrier has delivered meanwhile', async () => {
      const { id, attention, trackingNumber } = await overdue({ pickedUp: true });
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      expect(await answer(id, attention, 'fail')).toBe('resolved');
      expect(await bench.order(id)).toMatchObject({
        status: 'delivered',
        fulfilment: 'delivered',
        endReason: null,
      });
      expect(await bench.movements(id)).toEqual(['MUG-BLUE shipped -2']);
      await bench.finish(id);
    });

    it('ends an order one way, though the operator and the carrier report at once', async () => {
      const parcels = await Promise.all(Array.from({ length: 10 }, () => overdue({ pickedUp: true })));
      await Promise.all(
        parcels.flatMap(({ id, attention, trackingNumber }) => [
          answer(id, attention, 'skip'),
          bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber)),
        ]),
      );
      for (const { id } of parcels) {
        expect(await bench.order(id)).toMatchObject({ status: 'delivered', attention: [], waits: [] });
        expect(await bench.movements(id)).toEqual(['MUG-BLUE shipped -2']);
        await bench.finish(id);
      }
    });
  });

  describe('after the order was closed', () => {
    it('can still be answered, and changes no status', async () => {
      const { id, trackingNumber } = await bench.labelled();
      const late = await park(id, { kind: 'delivery_overdue', step: 'deliver' });
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      await bench.finish(id);
      await bench.store.inbox.receive(carrierEvent('shipment.returned', trackingNumber));
      const closed = await bench.order(id);
      const contradiction = closed.attention.find(({ kind }) => kind === 'contradicting_event')?.id ?? '';

      expect(await answer(id, contradiction, 'acknowledge')).toBe('resolved');
      expect(await answer(id, late, 'fail')).toBe('resolved');
      expect(await bench.order(id)).toMatchObject({
        status: 'delivered',
        fulfilment: 'returned',
        attention: [],
        closedAt: closed.closedAt,
      });
    });

    it('is opened when a run is gone without an end, once, even after an acknowledgement', async () => {
      const { id } = await bench.labelled();
      const flag = async () => bench.store.attention.flagClosedRun(await bench.order(id), 'terminated');
      const flagged = await Promise.all([flag(), flag(), flag()]);
      expect(flagged.filter(Boolean)).toHaveLength(1);
      const { attention } = await bench.order(id);
      expect(attention).toMatchObject([{ kind: 'run_closed', step: null, reason: 'terminated' }]);
      expect(await answer(id, attention[0]?.id ?? '', 'retry')).toBe('illegal_resolution');
      expect(await answer(id, attention[0]?.id ?? '', 'acknowledge')).toBe('resolved');
      expect(await flag()).toBe(false);
      expect((await bench.order(id)).attention).toEqual([]);
    });
  });

  it('is withdrawn when the order continues without an answer, and kept when it had one', async () => {
    const { id } = await bench.labelled();
    const [withdrawn, answered] = [await park(id), await park(id)];
    await answer(id, answered, 'retry');
    await bench.store.attention.leave(await bench.order(id), withdrawn, null);
    await bench.store.attention.leave(await bench.order(id), answered, 'retry');
    expect(await stored(withdrawn)).toMatchObject({ by: 'workflow', action: null });
    expect(await stored(answered)).toMatchObject({ by: 'service:ops', action: 'retry' });
    expect((await bench.order(id)).attention).toEqual([]);
    expect((await bench.eventTypes(id)).filter((type) => type === 'order.resumed')).toHaveLength(1);
  });
});

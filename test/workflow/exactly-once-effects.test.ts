import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ports } from '../../apps/worker/activities/activities.js';
import { post, script, shipments } from '../../dev/sandbox/test-sandbox.js';
import type { OrderId } from '#libs/domain/order/order-id';
import { refundKey } from '#libs/domain/payment/payment-keys';

import { type HeldAt, holdPort } from '../support/held-port.js';
import { checkInvariants } from '../support/invariants.js';
import { acceptOrder, emailOf } from '../support/orders.js';
import { checkSecrecy } from '../support/secrecy.js';
import { openParts, type HarnessParts } from '../support/harness-parts.js';
import {
  activitiesOf,
  CALLS,
  cancel,
  charge,
  confirm,
  type Effect,
  EFFECTS,
  giveBack,
  OPERATIONS,
  PAID,
  refund,
  reserve,
} from './effect-table.js';

/** By their titles, for a table of tests. */
const titled = <T extends Effect>(effects: readonly T[]) =>
  effects.map((effect) => [effect.title, effect] as const);

describe('happens once:', () => {
  const placed: OrderId[] = [];
  let parts: HarnessParts;
  let ports: Ports;
  beforeAll(async () => {
    parts = await openParts();
    ports = parts.ports;
  });
  afterAll(async () => {
    try {
      // No run resumes them, so each is left to an operator.
      for (const id of placed) {
        await parts.store.attention.park(await parts.store.orders.get(id), {
          id,
          kind: 'parked',
          step: 'notify',
          reason: 'left_by_a_test',
          isCompensation: false,
        });
      }
      await checkInvariants(parts.databaseUrl, { stripe: parts.stripe, inbox: parts.inbox });
      await checkSecrecy(parts);
    } finally {
      await parts.close();
    }
  });

  const ready = async ({ wanted, prior }: Pick<Effect, 'wanted' | 'prior'>): Promise<OrderId> => {
    const { id } = await acceptOrder(parts.store, wanted);
    placed.push(id);
    for (const act of prior) await act(activitiesOf(ports), id);
    return id;
  };
  const intents = async (id: OrderId) => {
    const { data } = await parts.stripe.paymentIntents.list({ limit: 100 });
    return data.filter((intent) => intent.metadata['orderId'] === id);
  };
  const refunds = async (id: OrderId) => {
    const lists = (await intents(id)).map(({ id: intent }) =>
      parts.stripe.refunds.list({ payment_intent: intent }),
    );
    return (await Promise.all(lists)).flatMap(({ data }) => data.map(({ amount }) => amount));
  };
  const copies = async (id: OrderId) => {
    const order = await parts.store.orders.get(id);
    return parts.inbox.to(emailOf(order)).map(({ messageId }) => messageId);
  };
  const outcome = async (id: OrderId) => {
    const parcels = (await shipments(parts.sandbox)).filter(({ reference }) => reference === id);
    const open = await parts.database.reservation.findMany({ where: { orderId: id, state: 'open' } });
    return {
      intents: (await intents(id)).map(({ status }) => status),
      refunds: await refunds(id),
      parcels: parcels.map(({ status }) => status),
      emails: new Set(await copies(id)).size,
      held: open.reduce((sum, { quantity }) => sum + quantity, 0),
    };
  };
  const booked = async (id: OrderId, fact: string) =>
    (await parts.store.orders.events(id)).filter(({ type }) => type === fact).length;
  const detections = (id: OrderId, effect: string) => {
    const key = `${id}:${effect === 'refund' ? `refund:${id}` : effect}`;
    return parts.log.filter((line) => line.includes(`Idempotency detected: ${key} already processed`)).length;
  };
  const forgetKeys = async () => {
    const { status } = await post(`${parts.sandbox.url}/sandbox/idempotency-keys/expire`, {});
    expect(status).toBe(204);
  };

  it.each(titled(EFFECTS))('%s that is requested again, and answers the same', async (_, effect) => {
    const id = await ready(effect);
    const answer = await effect.act(activitiesOf(ports), id);
    expect(await effect.act(activitiesOf(ports), id)).toEqual(answer);
    expect(await outcome(id)).toMatchObject(effect.once);
    expect(await booked(id, effect.fact)).toBe(1);
  });

  it.each(titled(EFFECTS))('%s that five attempts request at once', async (_, effect) => {
    const id = await ready(effect);
    await Promise.allSettled(Array.from({ length: 5 }, () => effect.act(activitiesOf(ports), id)));
    // An attempt that conflicted with the others has failed, and is retried.
    await effect.act(activitiesOf(ports), id);
    expect(await outcome(id)).toMatchObject(effect.once);
    expect(await booked(id, effect.fact)).toBe(1);
  });

  describe.each<{ at: HeldAt; when: string }>([
    { at: 'leaving', when: 'before its call has left' },
    { at: 'answered', when: 'when its answer is on its way' },
  ])('overtaken $when,', ({ at }) => {
    it.each(titled(CALLS))('%s', async (_, effect) => {
      const { port, method } = effect.call;
      const id = await ready(effect);
      const held = holdPort(ports[port], method, at);
      const overtaken = effect
        .act(activitiesOf({ ...ports, [port]: held.port }), id)
        .catch((error: unknown) => error);
      await held.stopped;
      await effect.act(activitiesOf(ports), id);
      const afterwards = await parts.store.orders.get(id);
      held.release();

      expect(await overtaken).toMatchObject({ name: 'Outage', code: 'superseded' });
      // The overtaken attempt has written nothing.
      expect((await parts.store.orders.get(id)).version).toBe(afterwards.version);
      expect(await outcome(id)).toMatchObject(effect.once);
      expect(await booked(id, effect.fact)).toBe(1);
    });
  });

  describe.each([{ keys: 'kept' }, { keys: 'forgotten' }])('with its idempotency key $keys,', ({ keys }) => {
    const again = async (effect: Effect, operation: string, fault: string) => {
      const id = await ready(effect);
      await script(parts.sandbox, { operation, fault });
      await expect(effect.act(activitiesOf(ports), id)).rejects.toMatchObject({ name: 'Outage' });
      if (keys === 'forgotten') await forgetKeys();
      return id;
    };

    it.each(titled(OPERATIONS))('%s whose answer was lost before the work', async (_, effect) => {
      const id = await again(effect, effect.operation, 'drop_before');
      await effect.act(activitiesOf(ports), id);
      expect(await outcome(id)).toMatchObject(effect.once);
      expect(await booked(id, effect.fact)).toBe(1);
      if (effect.asked) expect(detections(id, effect.asked)).toBe(0);
    });

    it.each(titled(OPERATIONS.filter(({ asked }) => asked !== undefined)))(
      '%s whose answer was lost after the work, and the log reports that it had happened',
      async (_, effect) => {
        const id = await again(effect, effect.operation, 'drop_after');
        await effect.act(activitiesOf(ports), id);
        expect(await outcome(id)).toMatchObject(effect.once);
        expect(await booked(id, effect.fact)).toBe(1);
        expect(detections(id, effect.asked ?? '')).toBe(1);
      },
    );

    it.each(titled(OPERATIONS.filter(({ asked }) => asked !== 'refund')))(
      '%s that met a server error, which the provider may have stored',
      async (_, effect) => {
        const id = await again(effect, effect.operation, '500');
        await effect.act(activitiesOf(ports), id);
        expect(await outcome(id)).toMatchObject(effect.once);
        expect(await booked(id, effect.fact)).toBe(1);
      },
    );
  });

  it('the creation of an intent whose answer was lost after the work', async () => {
    const id = await ready({ prior: [reserve] });
    await script(parts.sandbox, { operation: 'payment_intents.create', fault: 'drop_after' });
    await expect(charge(activitiesOf(ports), id)).rejects.toMatchObject({ name: 'Outage' });
    await charge(activitiesOf(ports), id);
    expect(await intents(id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('the payment, although a lost intent was made again because its key was forgotten', async () => {
    const id = await ready({ prior: [reserve] });
    await script(parts.sandbox, { operation: 'payment_intents.create', fault: 'drop_after' });
    await expect(charge(activitiesOf(ports), id)).rejects.toMatchObject({ name: 'Outage' });
    await forgetKeys();
    await charge(activitiesOf(ports), id);
    // The duplicate moves no money.
    const made = await intents(id);
    expect(made).toHaveLength(2);
    expect(made).toContainEqual(expect.objectContaining({ status: 'succeeded', amount_received: 3980 }));
    expect(made).toContainEqual(
      expect.objectContaining({ status: 'requires_payment_method', amount_received: 0 }),
    );
  });

  it('a charge that met a server error: the stored answer is not requested again', async () => {
    const id = await ready({ prior: [reserve] });
    await script(parts.sandbox, { operation: 'payment_intents.confirm', fault: '500', times: 2 });
    for (const _ of [1, 2])
      await expect(charge(activitiesOf(ports), id)).rejects.toMatchObject({ code: 'gateway_error' });
    const intent = (await parts.store.orders.get(id)).intentId ?? '';
    // Under the key that met the error the gateway replays its answer.
    await expect(
      parts.stripe.paymentIntents.confirm(
        intent,
        { payment_method: 'pm_card_visa', expand: ['latest_charge'] },
        { idempotencyKey: `${id}:charge:1`, maxNetworkRetries: 0 },
      ),
    ).rejects.toMatchObject({ statusCode: 500 });
    await charge(activitiesOf(ports), id);
    expect(await intents(id)).toMatchObject([{ status: 'succeeded', amount_received: 3980 }]);
  });

  it('a refund that met a server error: the same answer, until an operator retries', async () => {
    const id = await ready({ prior: [...PAID, cancel, giveBack] });
    await script(parts.sandbox, { operation: 'refunds.create', fault: '500' });
    for (const _ of [1, 2, 3])
      await expect(refund(activitiesOf(ports), id)).rejects.toMatchObject({ code: 'gateway_error' });
    expect(await refunds(id)).toEqual([]);
    await parts.store.effects.rotateUnclearKey(refundKey(id, id));
    await refund(activitiesOf(ports), id);
    expect(await refunds(id)).toEqual([3980]);
  });

  it('an email, in two copies that a mailbox shows as one, when the first attempt was in doubt', async () => {
    const id = await ready({ prior: PAID });
    const held = holdPort(ports.mailer, 'send', 'answered');
    const overtaken = confirm(activitiesOf({ ...ports, mailer: held.port }), id).catch(() => undefined);
    await held.stopped;
    await confirm(activitiesOf(ports), id);
    held.release();
    await overtaken;
    const [first, second, ...more] = await copies(id);
    expect(second).toBe(first);
    expect(more).toEqual([]);
  });
});

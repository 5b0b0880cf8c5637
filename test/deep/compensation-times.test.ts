import { afterEach, describe, expect, it } from 'vitest';

import type { Ports } from '../../apps/worker/activities/activities.js';
import { faultsLeft } from '../../dev/sandbox/test-sandbox.js';
import type { OrderId } from '#libs/domain/order/order-id';

import { HoldablePort } from '../support/held-port.js';
import { emailOf, type Wanted } from '../support/orders.js';
import { ProductLock } from '../support/product-lock.js';
import { useWorkflowHarness } from '../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../support/workflow-harness.js';

describe('each compensation, before, while and after its step is done', () => {
  let shop: WorkflowHarness;
  let gateway: HoldablePort<Ports['gateway']>;
  let carrier: HoldablePort<Ports['carrier']>;
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real) => {
        gateway = new HoldablePort(real.gateway);
        carrier = new HoldablePort(real.carrier);
        return { ...real, gateway: gateway.port, carrier: carrier.port };
      },
    },
  );
  /** Releases every lock that a test holds, so that a failed test does not block the next one. */
  const held: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const release of held.splice(0)) await release();
  });

  /** More attempts than any of these tests needs. */
  const MANY_ATTEMPTS: Wanted = { policy: { retry: { attempts: 1_000, initial: 50, max: 200 } } };
  const hold = (method: 'createIntent' | 'createRefund' | 'createShipment' | 'cancelShipment') => {
    const port = method === 'createIntent' || method === 'createRefund' ? gateway : carrier;
    const call = port.hold(method, 'answered');
    held.push(call.release);
    return call;
  };
  const putOff = async (id: OrderId, step: string) =>
    shop.until(id, ({ waits }) => waits.some((wait) => wait.step === step && wait.lastError !== null));

  const intents = async (id: OrderId) => (await shop.intents(id)).map(({ status }) => status);
  const refunds = async (id: OrderId) => (await shop.refunds(id)).map(({ amount }) => amount);
  const parcels = async (id: OrderId) => {
    const order = await shop.store.orders.get(id);
    return order.shipments.map(({ status }) => status);
  };

  const VOIDED = { payment: 'voided', intents: ['canceled'], refunds: [], parcels: [] };
  const PAID_BACK = { payment: 'refunded', intents: ['succeeded'], refunds: [3980] };

  interface Moment {
    readonly when: string;
    /** Brings an order to that moment. @returns what lets the order continue, once it is cancelled */
    readonly reach: () => Promise<{ id: OrderId; resume?: () => void | Promise<void> }>;
    readonly end: object;
  }

  const lockedOut = (reading: boolean) => async () => {
    const lock = await ProductLock.take(shop.databaseUrl, { reading });
    held.push(() => lock.release());
    const id = await shop.place();
    await lock.awaited();
    return { id, resume: () => lock.release() };
  };
  const unanswered = (method: 'createIntent' | 'createShipment') => async () => {
    const call = hold(method);
    const id = await shop.place();
    await call.stopped;
    return { id, resume: call.release };
  };
  const failing = (operation: string, step: string) => async () => {
    await shop.fault(operation, '500', 10_000);
    const id = await shop.place(MANY_ATTEMPTS);
    await putOff(id, step);
    return { id, resume: () => shop.clearFaults() };
  };

  const MOMENTS: readonly Moment[] = [
    // The same activity goes on to charge: only a request that is stored keeps it from that (first-charge.test.ts).
    { when: 'it is being validated', reach: lockedOut(true), end: { ...PAID_BACK, parcels: [] } },
    { when: 'its goods are being set aside', reach: lockedOut(false), end: { ...PAID_BACK, parcels: [] } },
    {
      when: 'its intent is being created',
      reach: unanswered('createIntent'),
      end: { ...PAID_BACK, parcels: [] },
    },
    {
      when: 'the creation of its intent is put off',
      reach: failing('payment_intents.create', 'charge'),
      end: VOIDED,
    },
    {
      when: 'its charge is put off',
      reach: failing('payment_intents.confirm', 'charge'),
      end: VOIDED,
    },
    {
      when: 'its label is being made',
      reach: unanswered('createShipment'),
      end: { ...PAID_BACK, parcels: ['cancelled'] },
    },
    {
      when: 'its label is put off',
      reach: failing('shipments.create', 'ship'),
      end: { ...PAID_BACK, parcels: [] },
    },
    {
      when: 'its confirmation is put off',
      reach: async () => {
        shop.inbox.answer = { code: 451, times: 10_000 };
        const id = await shop.place(MANY_ATTEMPTS);
        await putOff(id, 'confirm');
        return {
          id,
          // Not before: the confirmation might be sent after all.
          resume: async () => {
            await shop.until(id, ({ status }) => status === 'cancelled');
            shop.inbox.answer = undefined;
          },
        };
      },
      end: { ...PAID_BACK, parcels: ['cancelled'] },
    },
  ];

  it.each(MOMENTS.map((moment) => [moment.when, moment] as const))(
    'releases what an order holds that is cancelled while %s',
    async (_, { reach, end }) => {
      const stock = await shop.stock('MUG-BLUE');
      const { id, resume } = await reach();
      await shop.handle(id).cancel();
      await resume?.();

      const order = await shop.closed(id);
      expect(order).toMatchObject({
        status: 'cancelled',
        endReason: { code: 'cancelled', by: 'temporal' },
        attention: [],
        waits: [],
      });
      expect({
        payment: order.payment,
        intents: await intents(id),
        refunds: await refunds(id),
        parcels: await parcels(id),
      }).toEqual(end);
      expect(await shop.stock('MUG-BLUE')).toEqual(stock);
      expect(shop.inbox.ofKind('cancellation', emailOf(order))).toHaveLength(1);
    },
  );

  it.each([
    ['the label is being cancelled', 'cancelShipment'],
    ['the money is going back', 'createRefund'],
  ] as const)('is done once when an order is cancelled again while %s', async (_, method) => {
    const stock = await shop.stock('MUG-BLUE');
    const id = await shop.place();
    await shop.label(id);
    const call = hold(method);
    await shop.handle(id).cancel();
    await call.stopped;
    await shop.handle(id).cancel();
    call.release();

    expect(await shop.closed(id)).toMatchObject({ status: 'cancelled', payment: 'refunded', attention: [] });
    expect(await refunds(id)).toEqual([3980]);
    expect(await parcels(id)).toEqual(['cancelled']);
    expect(await shop.stock('MUG-BLUE')).toEqual(stock);
  });

  it('is done once, without an attention, when its connection dropped 20 times first', async () => {
    for (const operation of ['shipments.cancel', 'refunds.create', 'payment_intents.cancel'])
      await shop.fault(operation, 'drop_before', 20);
    const [mugs, gifts] = [await shop.stock('MUG-BLUE'), await shop.stock('GIFT')];
    // One for each compensation that has a connection.
    const labelled = await shop.place({ ...MANY_ATTEMPTS, lines: [{ sku: 'GIFT', quantity: 1 }] });
    const refused = await shop.place({ ...MANY_ATTEMPTS, postalCode: '00000' });
    const declined = await shop.place({ ...MANY_ATTEMPTS, method: 'pm_card_chargeDeclined' });
    await shop.label(labelled);
    await shop.handle(labelled).cancel();

    for (const [id, end] of [
      [labelled, { status: 'cancelled', payment: 'not_required' }],
      [refused, { status: 'cancelled', payment: 'refunded' }],
      [declined, { status: 'rejected', payment: 'voided' }],
    ] as const) {
      await shop.until(id, ({ closedAt }) => closedAt !== null, 50_000);
      expect(await shop.closed(id)).toMatchObject({
        ...end,
        fulfilment: 'released',
        attention: [],
        waits: [],
      });
      expect(await shop.eventTypes(id)).not.toContain('order.parked');
    }
    expect(await faultsLeft(shop.sandbox)).toBe(0);
    expect(await parcels(labelled)).toEqual(['cancelled']);
    expect(await refunds(refused)).toEqual([3980]);
    expect(await intents(declined)).toEqual(['canceled']);
    expect([await shop.stock('MUG-BLUE'), await shop.stock('GIFT')]).toEqual([mugs, gifts]);
  }, 90_000);
});

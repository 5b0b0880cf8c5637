import { beforeAll, describe, expect, it } from 'vitest';

import { post, shipments } from '../../dev/sandbox/test-sandbox.js';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import { orderId } from '#libs/domain/order/order-id';
import { openDatabase } from '#libs/persistence/database/database';

import { eventually } from '../support/eventually.js';
import { killAt, whereabouts } from '../support/kills.js';
import { emailOf } from '../support/orders.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';
import { SUBJECTS, type Way } from './kill-table.js';

/** How many orders are brought to their kill points at once: all must be there before the first attempt times out. */
const AT_ONCE = 9;
function groups<T>(all: readonly T[]): T[][] {
  const size = Math.ceil(all.length / Math.ceil(all.length / AT_ONCE));
  return Array.from({ length: Math.ceil(all.length / size) }, (_, group) =>
    all.slice(group * size, (group + 1) * size),
  );
}

/** Milliseconds in which the orders of a killed worker must have ended, on a machine that is busy. */
const RECOVERY = 60_000;
/** Milliseconds for a group of orders: to their kill points, and to their ends. */
const A_GROUP = 2 * RECOVERY;

/** A worker is killed at every point of the ways, and another carries its orders to their ends, on a system of its own. */
export function describeKills(ways: readonly Way[]): void {
  describe('a worker killed with -9 leaves nothing undone, and nothing done twice,', () => {
    let system: System;
    useSystem(
      (opened) => {
        system = opened;
      },
      { deliveryAfter: 1_000 },
    );

    const handle = (id: string) => system.client.workflow.getHandle(orderWorkflowId(orderId(id)));
    const resting = async (id: string) => {
      const { shipments: labels } = await system.until(
        id,
        ({ waitingFor }) => waitingFor?.step === 'deliver',
      );
      await eventually(
        () => system.eventTypes(id),
        (types) => types.includes('email.sent'),
      );
      return labels[0]?.trackingNumber ?? '';
    };
    const NEXT: Readonly<Record<NonNullable<Way['afterwards']>, (id: string) => Promise<void>>> = {
      'cancelled through Temporal': async (id) => {
        await resting(id);
        await handle(id).cancel();
      },
      returned: async (id) => {
        const url = `${system.sandbox.url}/sandbox/shipments/${await resting(id)}/events`;
        await post(url, { type: 'shipment.picked_up' });
        await eventually(
          () => system.eventTypes(id),
          (types) => types.filter((type) => type === 'email.sent').length > 1,
          60_000,
        );
        await post(url, { type: 'shipment.returned' });
      },
    };
    const refunds = async (intent: string) => {
      const { data } = await system.stripe.refunds.list({ payment_intent: intent });
      return data.map(({ amount }) => amount);
    };
    /** What each email to an address is about, and how many copies of it came. */
    const emailsTo = (email: string) => {
      const copies = new Map<string, { about: string | undefined; copies: number }>();
      for (const { messageId = '', subject } of system.inbox.to(email)) {
        const about = SUBJECTS.find((part) => subject?.includes(part));
        copies.set(messageId, { about, copies: (copies.get(messageId)?.copies ?? 0) + 1 });
      }
      return [...copies.values()];
    };

    /** Emails sent beside a held activity may be in flight when the worker dies, and so come twice. */
    const BESIDE = ['is confirmed', 'is on its way', 'refund'];
    const copiesTo = (email: string, repeated: string | undefined) =>
      emailsTo(email).map(({ about = '', copies }) => ({
        about,
        copies: BESIDE.includes(about) && about !== repeated ? 1 : copies,
      }));
    /** The email that may have been sent by then, or not, for an order with this end. */
    const OPTIONAL: Readonly<Record<string, (typeof SUBJECTS)[number]>> = {
      delivered: 'is on its way',
      cancelled: 'is confirmed',
    };

    describe.each(ways.map((way) => ({ way, of: way.title })))('of an order $of:', ({ way }) => {
      let ids: string[];
      beforeAll(
        async () => {
          const { kills, rules, place, afterwards } = way;
          if (rules) {
            await system.stop('api');
            await system.startApi(rules);
          }
          ids = [];
          for (const some of groups(kills)) {
            const drive = afterwards ? { drive: NEXT[afterwards] } : {};
            ids.push(...(await killAt(system, some, { place, ...drive })));
            // The next kill must not meet an email of these orders, or of their refunds.
            await eventually(
              async () => (await system.client.workflow.count('ExecutionStatus = "Running"')).count,
              (running) => running === 0,
              RECOVERY,
            );
          }
        },
        groups(way.kills).length * A_GROUP,
      );

      it.each(way.kills.map((kill, index) => [whereabouts(kill), index, kill] as const))(
        '%s',
        async (_, index, { detected, repeated }) => {
          const id = orderId(ids[index] ?? '');
          expect(await handle(id).result()).toBe(way.end.status);
          const order = await system.store.orders.get(id);
          expect(order).toMatchObject({ ...way.end, closedAt: expect.any(String), waits: [], attention: [] });

          const intents = await system.intents(id);
          expect(intents).toMatchObject([{ status: way.intent }]);
          expect(await refunds(intents[0]?.id ?? '')).toEqual(way.refunds);
          const parcels = (await shipments(system.sandbox)).filter(({ reference }) => reference === id);
          expect(parcels.map(({ status }) => status)).toEqual(way.parcels);
          // A refund's own run sends its email; the shipment email is sent only before the parcel arrives, and the
          // confirmation only before the order is compensated.
          const optional = OPTIONAL[way.end.status];
          const emails = () =>
            copiesTo(emailOf(order), repeated).filter(
              ({ about }) => about !== optional || way.mails.some((mail) => mail === optional),
            );
          const expected = way.mails.map((about) => ({ about, copies: about === repeated ? 2 : 1 }));
          // The second copy of a repeated email comes with the next attempt, in a refund's case after the order's end.
          const sorted = (all: ReturnType<typeof emails>) =>
            all.toSorted((a, b) => a.about.localeCompare(b.about));
          await expect.poll(() => sorted(emails()), { timeout: 20_000 }).toEqual(sorted(expected));

          const facts = (await system.eventTypes(id)).filter((type) => type !== 'email.sent');
          expect(facts).toEqual([...new Set(facts)]);
          if (detected === undefined) return;
          const key = `${id}:${detected.endsWith('refund') ? `${detected}:${id}` : detected}`;
          const line = `Idempotency detected: ${key} already processed`;
          expect(system.log.filter((each) => each.includes(line))).toHaveLength(1);
        },
      );
    });

    it('of the goods: only those of delivered orders are gone, and none is reserved', async () => {
      const database = openDatabase(system.databaseUrl, 1);
      const { onHand, reserved } = await database.product.findUniqueOrThrow({ where: { sku: 'MUG-BLUE' } });
      await database.$disconnect();
      const delivered = ways.filter(({ end }) => end.status === 'delivered').flatMap(({ kills }) => kills);
      expect({ onHand, reserved }).toEqual({ onHand: 1_000 - 2 * delivered.length, reserved: 0 });
    });
  });
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePort } from '../../dev/stack/processes/ports.js';
import { orderId } from '#libs/domain/order/order-id';

import { eventually } from '../support/eventually.js';
import { Inbox } from '../support/inbox.js';
import { emailOf } from '../support/orders.js';
import { OwnTemporal } from '../support/own-temporal.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

/** Milliseconds for all orders to recover, on a machine that is busy. */
const PATIENCE = 120_000;
const MINUTE = 60_000;

const several = <T>(count: number, make: () => Promise<T>) =>
  Promise.all(Array.from({ length: count }, () => make()));

describe.concurrent('an outage', () => {
  describe('of Temporal, killed with 50 orders in flight', () => {
    let temporal: OwnTemporal;
    let system: System;
    beforeAll(async () => {
      temporal = await OwnTemporal.start();
    }, PATIENCE);
    afterAll(async () => {
      await temporal.stop();
    });
    useSystem(
      (opened) => {
        system = opened;
      },
      () => ({ deliveryAfter: 300, temporal }),
      PATIENCE,
    );

    it(
      'refuses no order, loses none, and charges each once',
      async () => {
        const orders = () => system.store.orders.list({ limit: 100 });
        const before = await several(50, () => system.place());
        await eventually(orders, (all) => all.some(({ payment }) => payment === 'captured'), PATIENCE);
        await temporal.kill();
        expect((await orders()).some(({ closedAt }) => closedAt === null)).toBe(true);
        const meanwhile = await several(10, () => system.place());
        const lines = (words: string) => system.log.filter((line) => line.includes(words));
        await eventually(
          () => lines('a signal failed'),
          (failed) => meanwhile.every(({ id }) => failed.some((line) => line.includes(id))),
          PATIENCE,
        );
        await temporal.start();

        const closed = await eventually(
          orders,
          (all) => all.every(({ closedAt }) => closedAt !== null),
          PATIENCE,
        );
        const ids = [...before, ...meanwhile].map(({ id }) => id);
        expect(closed.filter(({ status }) => status === 'delivered')).toHaveLength(60);
        const started = lines('started an order that had been stored');
        expect(meanwhile.every(({ id }) => started.some((line) => line.includes(id)))).toBe(true);
        expect(await system.charges()).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
        // What the SDK's core says about the outage has the form of every line.
        const logged = system.log.map((line): Record<string, unknown> => JSON.parse(line));
        expect(logged).toContainEqual(expect.objectContaining({ name: 'worker', sdkComponent: 'core' }));
      },
      3 * PATIENCE,
    );
  });

  describe('of the mail server, for a minute', () => {
    let system: System;
    let port: number;
    let inbox: Inbox | undefined;
    afterAll(async () => {
      await inbox?.close();
    });
    useSystem(
      (opened) => {
        system = opened;
      },
      async () => {
        port = await freePort();
        const env = {
          SMTP_URL: `smtp://127.0.0.1:${port}`,
          RETRY_INITIAL: '1s',
          RETRY_MAX: '5s',
          RETRY_ATTEMPTS: '100',
        };
        return { deliveryAfter: 300, env };
      },
      PATIENCE,
    );

    it(
      'holds up no charge, no parcel and no delivery, and loses no mail',
      async () => {
        const placed = await several(3, () => system.place());
        for (const { id } of placed) {
          const order = await system.until(id, ({ status }) => status === 'delivered', PATIENCE);
          expect(order).toMatchObject({ payment: 'captured', fulfilment: 'delivered' });
          await eventually(
            async () =>
              (await system.store.orders.get(orderId(id))).waits.find(({ step }) => step === 'confirm'),
            (wait) => wait !== undefined && Date.now() - Date.parse(wait.since) > MINUTE,
            PATIENCE,
          );
        }
        const opened = await Inbox.open(port);
        inbox = opened;
        for (const order of placed) {
          const { id, number } = order;
          await eventually(
            () => system.store.orders.get(orderId(id)),
            ({ closedAt }) => closedAt !== null,
            PATIENCE,
          );
          expect(opened.subjectsTo(emailOf(order))).toEqual([
            expect.stringContaining(number),
            expect.stringContaining(number),
          ]);
          expect(new Set(opened.to(emailOf(order)).map(({ messageId }) => messageId)).size).toBe(2);
        }
      },
      3 * PATIENCE,
    );
  });
});

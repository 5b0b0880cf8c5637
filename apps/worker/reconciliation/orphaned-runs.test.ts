import { beforeEach, describe, expect, it } from 'vitest';

import { type OrderId, orderId } from '#libs/domain/order/order-id';
import { createLogger } from '#libs/telemetry/logger';

import { OrphanedRuns } from './orphaned-runs.js';

const id = (number: number) => orderId(`0197a1b2-c3d4-7000-8000-${String(number).padStart(12, '0')}`);

describe('runs without an order', () => {
  /** Orders with a run, and what is stored of them. */
  let running: Map<OrderId, 'open' | 'closed' | 'unknown'>;
  let done: string[];
  let carrierFails: boolean;
  beforeEach(() => {
    running = new Map();
    done = [];
    carrierFails = false;
  });

  const end = (limit: number) =>
    new OrphanedRuns({
      stored: {
        orphanedAmong: async (ids) =>
          ids.flatMap((each) => {
            const orderIs = running.get(each);
            return orderIs === 'closed' || orderIs === 'unknown' ? [{ orderId: each, orderIs }] : [];
          }),
      },
      runs: {
        visibility: {
          async *allRunning() {
            yield [...running.keys()].map((each) => ({ orderId: each, runId: `run of ${each}` }));
          },
        },
        end: async (each) => void done.push(`end ${each}`),
      },
      carrier: {
        cancelShipment: async (each) => {
          if (carrierFails) throw new Error('no answer');
          done.push(`cancel parcel ${each}`);
          return 'cancelled';
        },
      },
      gateway: { cancelIntent: async (intentId) => void done.push(`cancel ${intentId}`) },
      gatewayRecords: {
        intentsSince: async () => [{ intentId: 'pi_1', orderId: id(1) }],
      },
      money: { examineUnmatchedCharge: async (intentId) => void done.push(`examine ${intentId}`) },
      logger: createLogger('test', 'silent'),
      limit,
    }).end(new Date(), () => {});

  it('are ended, and those of open orders stay', async () => {
    running = new Map([
      [id(2), 'open'],
      [id(3), 'closed'],
    ]);
    await end(0);
    expect(done).toEqual([`end ${id(3)}`]);
  });

  it('are ended last where the order is not stored, once its parcel and its intent are cancelled', async () => {
    running = new Map([[id(1), 'unknown']]);
    await end(1);
    expect(done).toEqual([`cancel parcel ${id(1)}`, 'cancel pi_1', 'examine pi_1', `end ${id(1)}`]);
  });

  it('stay until the next reconciliation where a provider does not answer', async () => {
    running = new Map([[id(1), 'unknown']]);
    carrierFails = true;
    await end(1);
    expect(done).toEqual([]);
  });

  it('are all left alone where more orders than the limit are not stored: the namespace may be wrong', async () => {
    running = new Map([
      [id(1), 'unknown'],
      [id(4), 'unknown'],
    ]);
    await end(1);
    expect(done).toEqual([]);
  });
});

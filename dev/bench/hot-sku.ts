import { setTimeout as sleep } from 'node:timers/promises';

import { orderId } from '#libs/domain/order/order-id';
import { Store } from '#libs/persistence/store';

import { addPendingOrders } from '../seeding/pending-orders.js';
import type { BenchRun } from './bench.js';
import { percentile, spread } from './figures.js';
import { HOT_SKU_KINDS, type HotSkuKind, type HotSkuRow, hotSkuTable } from './hot-sku-table.js';
import { inTurn } from './rounds.js';

export interface HotSkuRun extends Pick<BenchRun, 'system' | 'machine' | 'stopping' | 'log'> {
  readonly buyers: number;
}

/** As many as four workers have. */
const CONNECTIONS = 40;
/** Milliseconds between two attempts of a reservation, as a worker waits after the first. */
const RETRY_AFTER = 1_000;
/** As a worker tries before it parks an order. */
const ATTEMPTS = 20;
/** For compiled code and open connections. */
const WARM_UP = 100;

/** Measures how fast so many orders are given their goods at once: of one product, and of one each. */
export async function measureHotSku({ system, machine, buyers, stopping, log }: HotSkuRun) {
  const store = Store.open(system.databaseUrl, CONNECTIONS);
  try {
    await store.catalogue.seed(productsFor(buyers));
    await reserveAll(store, system.databaseUrl, 'many', Math.min(WARM_UP, buyers), 'WARM-UP-', stopping);
    const rounds = await inTurn(HOT_SKU_KINDS, async (kind, number) => {
      const round = await reserveAll(store, system.databaseUrl, kind, buyers, `${kind}-${number}-`, stopping);
      log(`  Round ${number}, ${kind}: ${round.perSecond.toFixed(0)} reservations a second`);
      return round;
    });
    const rows = HOT_SKU_KINDS.map((kind): HotSkuRow => {
      const each = (of: (round: HotSkuRound) => number) =>
        spread(rounds.filter((round) => round.kind === kind).map(of));
      return {
        kind,
        perSecond: each(({ perSecond }) => perSecond),
        p50: each(({ times }) => percentile(times, 0.5)),
        p99: each(({ times }) => percentile(times, 0.99)),
        repeated: each(({ repeated }) => repeated),
      };
    });
    const report = { at: new Date().toISOString(), machine, buyers, connections: CONNECTIONS, rows };
    return { report, table: hotSkuTable(report) };
  } finally {
    await store.close();
  }
}

interface HotSkuRound {
  readonly kind: HotSkuKind;
  readonly perSecond: number;
  readonly times: readonly number[];
  readonly repeated: number;
}

async function reserveAll(
  store: Store,
  databaseUrl: string,
  kind: HotSkuKind,
  buyers: number,
  prefix: string,
  stopping: AbortSignal,
): Promise<HotSkuRound> {
  const skus = productsFor(kind === 'one' ? 1 : buyers).map(({ sku }) => sku);
  const ids = await addPendingOrders(databaseUrl, { prefix, count: buyers, skus });
  let repeated = 0;
  const began = performance.now();
  const times = await Promise.all(
    ids.map(async (id) => {
      for (let attempt = 1; ; attempt++) {
        try {
          // As the worker's step does it.
          const order = await store.orders.get(orderId(id));
          const answer = await store.stock.reserve(order, 0);
          if (answer !== 'reserved') throw new Error(`The reservation of ${order.number} is ${answer}`);
          return performance.now() - began;
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
          repeated += 1;
          await sleep(RETRY_AFTER);
          stopping.throwIfAborted();
        }
      }
    }),
  );
  return { kind, perSecond: buyers / (Math.max(...times) / 1_000), times, repeated };
}

/** More than any run sells. */
const STOCK = 1_000_000_000;

const productsFor = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sku: `WANTED-${index}`,
    name: `Wanted ${index}`,
    currency: 'EUR',
    unitPrice: 990,
    sellable: true,
    stock: STOCK,
  }));

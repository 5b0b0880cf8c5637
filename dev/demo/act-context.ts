import { setTimeout as sleep } from 'node:timers/promises';

import { formatPrice } from '#libs/mail/price';

import type { Purchase } from '../clients/shop.js';
import type { Claim } from './claims.js';
import type { DemoReport } from './demo-report.js';
import type { DemoSystem } from './demo-system.js';
import { collectEvidence, type PlacedOrder } from './evidence.js';
import { FollowedOrder } from './followed-order.js';

/** Milliseconds. */
const POLL_INTERVAL = 50;
const TIMEOUT = 60_000;

export interface ActContextOptions {
  readonly system: DemoSystem;
  readonly report: DemoReport;
  /** The act's number. */
  readonly act: number;
  readonly purchase: Purchase;
  readonly stopping: AbortSignal;
}

/** What an act works with: the system, the report, and its orders. */
export class ActContext {
  readonly system: DemoSystem;
  readonly report: DemoReport;
  readonly placed: PlacedOrder[] = [];

  constructor(private readonly options: ActContextOptions) {
    this.system = options.system;
    this.report = options.report;
  }

  /** Places the act's order, as its shopper's shop would. */
  async placeOrder(): Promise<FollowedOrder> {
    const { shop, database } = this.system;
    const { act, purchase, stopping } = this.options;
    const stock = await database.stock(purchase.sku);
    const order = await shop.place(purchase);
    this.placed.push({ act, id: order.id, number: order.number, purchase, stock });
    const price = formatPrice(order.totals.total, order.currency);
    this.report.event(
      `${purchase.customer} orders ${purchase.quantity} × ${purchase.sku} for ${price}: order ${order.number}`,
    );
    return new FollowedOrder(order, shop, this.report, stopping);
  }

  /** @param ms milliseconds */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.options.stopping });
  }

  /** Waits for a condition. @throws Error when it does not become true in time */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + TIMEOUT;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen within ${TIMEOUT / 1_000} s`);
      await this.pause(POLL_INTERVAL);
    }
  }

  async killWorker(): Promise<void> {
    this.report.event(`kill -9 ${await this.system.killWorker()}: the worker is dead`);
  }

  /** Checks claims on the evidence of each of the act's orders, and reports them. */
  async check(claims: readonly Claim[]): Promise<void> {
    for (const placed of this.placed) {
      const evidence = await collectEvidence(this.system, placed);
      for (const { text, holds, seen } of claims) this.report.claim(text, holds(evidence), seen(evidence));
    }
  }
}

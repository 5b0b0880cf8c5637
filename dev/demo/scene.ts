import { setTimeout as sleep } from 'node:timers/promises';

import { formatPrice } from '#libs/mail/price';

import type { Claim } from './claims.js';
import { gather, type Placed } from './evidence.js';
import { FollowedOrder } from './followed-order.js';
import type { Purchase } from './shop.js';
import type { Stage } from './stage.js';
import type { Story } from './story.js';

/** Milliseconds. */
const POLL_EVERY = 50;
const PATIENCE = 60_000;

/** What an act works with: the stage, the story, and its order. */
export class Scene {
  /** The act's orders. */
  readonly placed: Placed[] = [];

  constructor(
    readonly stage: Stage,
    readonly story: Story,
    private readonly act: number,
    private readonly purchase: Purchase,
    private readonly stopping: AbortSignal,
  ) {}

  /** Places the act's order, as its shopper's shop would. */
  async place(): Promise<FollowedOrder> {
    const { shop, books } = this.stage;
    const { act, purchase } = this;
    const stock = await books.stock(purchase.sku);
    const order = await shop.place(purchase);
    this.placed.push({ act, id: order.id, number: order.number, purchase, stock });
    const price = formatPrice(order.totals.total, order.currency);
    this.story.says(
      `${purchase.customer} orders ${purchase.quantity} × ${purchase.sku} for ${price}: order ${order.number}`,
    );
    return new FollowedOrder(order, shop, this.story, this.stopping);
  }

  /** Lets time go by. @param ms milliseconds */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping });
  }

  /** Waits for something that soon becomes true. @throws Error when it does not */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen within ${PATIENCE / 1_000} s`);
      await this.pause(POLL_EVERY);
    }
  }

  async killWorker(): Promise<void> {
    this.story.says(`kill -9 ${await this.stage.killWorker()}: the worker is dead`);
  }

  /** Claims what was seen to hold of each of the act's orders. */
  async claim(claims: readonly Claim[]): Promise<void> {
    for (const placed of this.placed) {
      const evidence = await gather(this.stage, placed);
      for (const { says, holds, seen } of claims) {
        this.story.claims(says, holds(evidence), seen(evidence));
      }
    }
  }
}

import { z } from 'zod';

import { DueTimer } from '../due-timer.js';
import type { Collection } from '../collection.js';

export const settlementSchema = z.object({
  /** Of a PaymentIntent or a refund. */
  id: z.string(),
  becomes: z.enum(['succeeded', 'failed']),
  /** Epoch milliseconds. */
  dueAt: z.number(),
});
export type Settlement = z.output<typeof settlementSchema>;

/** Decisions that banks take later: by themselves after a while, unless a caller decides first. */
export class Settlements {
  readonly #timer: DueTimer;

  constructor(
    private readonly settlements: Collection<Settlement>,
    /** How long banks take, in milliseconds; null when everything is decided by hand. */
    private readonly settleAfter: number | null,
    private readonly settle: (settlement: Settlement) => void,
  ) {
    this.#timer = new DueTimer(
      () =>
        settlements
          .values()
          .reduce<number | undefined>((least, { dueAt }) => Math.min(least ?? dueAt, dueAt), undefined),
      () => this.#settleDue(),
    );
  }

  start(): void {
    this.#timer.set();
  }

  stop(): void {
    this.#timer.stop();
  }

  await(id: string, becomes: Settlement['becomes']): void {
    if (this.settleAfter === null) return;
    this.settlements.set(id, { id, becomes, dueAt: Date.now() + this.settleAfter });
    this.#timer.set();
  }

  /** A caller decided first. */
  drop(id: string): void {
    this.settlements.delete(id);
  }

  #settleDue(): void {
    const now = Date.now();
    for (const settlement of this.settlements.values().filter(({ dueAt }) => dueAt <= now)) {
      this.settlements.delete(settlement.id);
      this.settle(settlement);
    }
  }
}

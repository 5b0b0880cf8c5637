import { setTimeout as pause } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import type { Outcome } from '#libs/domain/order/outcome';
import type { OutcomeSubject } from '#libs/persistence/orders/outcome.repository';
import { Store } from '#libs/persistence/store';

import { LOG } from '../platform/logging/log.js';
import { Settings } from '../settings.js';

/** Milliseconds between two polls. */
const INTERVAL = 100;
const OPEN: Outcome = { is: 'open' };

interface Waiter {
  readonly subject: OutcomeSubject;
  readonly resolve: (outcome: Outcome) => void;
}

/** Waits for outcomes. One statement polls all of them, so that waiting holds no database connection. */
@Injectable()
export class OutcomePoller {
  private readonly waiting = new Set<Waiter>();
  private isPolling = false;
  private hasEnded = false;

  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Whether another caller may wait: waiting callers hold connections to the API, and must not hold all of them. */
  get hasCapacity(): boolean {
    return !this.hasEnded && this.waiting.size < this.settings.maxWaiting;
  }

  /**
   * @param timeout milliseconds
   * @param disconnected aborts the waiting
   * @returns `open` when the time is over
   */
  async wait(subject: OutcomeSubject, timeout: number, disconnected: AbortSignal): Promise<Outcome> {
    if (disconnected.aborted) return OPEN;
    return new Promise((resolve) => {
      const stop = () => waiter.resolve(OPEN);
      const timer = setTimeout(stop, timeout);
      const waiter: Waiter = {
        subject,
        resolve: (outcome) => {
          clearTimeout(timer);
          disconnected.removeEventListener('abort', stop);
          this.waiting.delete(waiter);
          resolve(outcome);
        },
      };
      disconnected.addEventListener('abort', stop);
      this.waiting.add(waiter);
      void this.poll();
    });
  }

  /** Ends all waiting: the process stops. */
  end(): void {
    this.hasEnded = true;
    for (const { resolve } of this.waiting) resolve(OPEN);
  }

  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    while (this.waiting.size > 0) {
      await this.resolveKnown().catch((err: unknown) =>
        this.log.warn({ err }, 'outcomes could not be polled'),
      );
      await pause(INTERVAL);
    }
    this.isPolling = false;
  }

  private async resolveKnown(): Promise<void> {
    const waiters = [...this.waiting];
    const outcomes = await this.store.outcomes.of(waiters.map(({ subject }) => subject));
    for (const [index, { resolve }] of waiters.entries()) {
      const outcome = outcomes[index] ?? OPEN;
      if (outcome.is !== 'open') resolve(outcome);
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import type { Outcome } from '#libs/domain/order/outcome';
import type { Asked } from '#libs/persistence/orders/outcome.repository';
import { Store } from '#libs/persistence/store';

import { LOG } from '../platform/logging/log.js';
import { Settings } from '../settings.js';

/** How often whatever somebody waits for is looked at, in milliseconds. */
const EVERY = 100;
const OPEN: Outcome = { is: 'open' };

interface Waiting {
  readonly asked: Asked;
  readonly tell: (outcome: Outcome) => void;
}

/**
 * Waits for what becomes of what was asked for. All of it is looked at in one statement, so that waiting holds no
 * connection to the database.
 */
@Injectable()
export class OutcomeWatch {
  private readonly waiting = new Set<Waiting>();
  private isWatching = false;
  private isOver = false;

  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Whether another one may wait. Those who do hold their connection to the API, and may not hold all of them. */
  get hasRoom(): boolean {
    return !this.isOver && this.waiting.size < this.settings.maxWaiting;
  }

  /**
   * @param within milliseconds
   * @param gone ends the waiting
   * @returns `open` when the time is up
   */
  async of(asked: Asked, within: number, gone: AbortSignal): Promise<Outcome> {
    if (gone.aborted) return OPEN;
    return new Promise((resolve) => {
      const stop = () => one.tell(OPEN);
      const timer = setTimeout(stop, within);
      const one: Waiting = {
        asked,
        tell: (outcome) => {
          clearTimeout(timer);
          gone.removeEventListener('abort', stop);
          this.waiting.delete(one);
          resolve(outcome);
        },
      };
      gone.addEventListener('abort', stop);
      this.waiting.add(one);
      void this.watch();
    });
  }

  /** Lets everybody go: the process ends. */
  end(): void {
    this.isOver = true;
    for (const { tell } of this.waiting) tell(OPEN);
  }

  private async watch(): Promise<void> {
    if (this.isWatching) return;
    this.isWatching = true;
    while (this.waiting.size > 0) {
      await this.look().catch((err: unknown) => this.log.warn({ err }, 'outcomes could not be looked at'));
      await pause(EVERY);
    }
    this.isWatching = false;
  }

  private async look(): Promise<void> {
    const looked = [...this.waiting];
    const outcomes = await this.store.outcomes.of(looked.map(({ asked }) => asked));
    for (const [index, { tell }] of looked.entries()) {
      const outcome = outcomes[index] ?? OPEN;
      if (outcome.is !== 'open') tell(outcome);
    }
  }
}

import { Problem } from '../problem.js';
import type { SandboxState } from '../sandbox-state.js';
import type { WebhookPolicy } from '../webhook-outbox.js';
import { Attempts } from './attempts.js';
import { Balance } from './balance.js';
import { Disputes } from './disputes.js';
import { Events, type EventWebhooks } from './events.js';
import { PaymentIntents } from './payment-intents.js';
import { Refunds } from './refunds.js';
import { type Settlement, Settlements } from './settlements.js';

export interface GatewayOptions {
  /** Where events are sent; without it they are only recorded. */
  readonly webhooks: EventWebhooks | undefined;
  readonly webhookPolicy: WebhookPolicy;
  /** How long banks take, in milliseconds; null when everything is decided by hand. */
  readonly settleAfter: number | null;
  readonly gaveUp: (event: { id: string; type: string }) => void;
}

/** The parts of the gateway, and how they are connected. */
export class Gateway {
  readonly balance: Balance;
  readonly disputes: Disputes;
  readonly events: Events;
  readonly intents: PaymentIntents;
  readonly refunds: Refunds;
  readonly #settlements: Settlements;

  constructor(
    readonly state: SandboxState,
    { webhooks, webhookPolicy, settleAfter, gaveUp }: GatewayOptions,
  ) {
    this.#settlements = new Settlements(state.settlements, settleAfter, (due) => this.#settle(due));
    this.balance = new Balance(state);
    this.events = new Events(state, webhooks, webhookPolicy, gaveUp);
    this.refunds = new Refunds(state, this.balance, this.events, this.#settlements);
    this.disputes = new Disputes(state, this.balance, this.events, this.refunds);
    const attempts = new Attempts(state, this.balance, this.events, this.#settlements, this.disputes);
    this.intents = new PaymentIntents(state, attempts, this.events, this.#settlements);
  }

  start(): void {
    this.#settlements.start();
    this.events.start();
  }

  async stop(): Promise<void> {
    this.#settlements.stop();
    await this.events.stop();
  }

  #settle({ id, becomes }: Settlement): void {
    try {
      if (id.startsWith('re_')) this.refunds.settle(id, becomes);
      else this.intents.settle(id, becomes);
    } catch (error) {
      // It has another outcome meanwhile.
      if (!(error instanceof Problem)) throw error;
    }
  }
}

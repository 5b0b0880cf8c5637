import { Injectable } from '@nestjs/common';

import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { Settings } from '../settings.js';
import { readStripeEvent } from './stripe-event.js';
import { StripeSignature } from './stripe-signature.js';

/** Receives the payment provider's events: verifies and stores each, then requests a payment sync. */
@Injectable()
export class StripeEventsService {
  constructor(
    private readonly signature: StripeSignature,
    private readonly settings: Settings,
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
  ) {}

  /** @throws ProblemError when the signature is wrong or the event invalid; nothing is stored */
  async receive(body: Buffer, signature: string): Promise<void> {
    this.signature.verify(body, signature);
    const event = readStripeEvent(body, this.settings.isLive);
    const orderId = await this.store.paymentInbox.receive(event);
    if (orderId !== null)
      this.signals.send('requestPaymentSync', orderId, () => this.runs.requestPaymentSync(orderId));
  }
}

import { Injectable } from '@nestjs/common';

import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { Settings } from '../settings.js';
import { readStripeEvent } from './stripe-event.js';
import { StripeSignature } from './stripe-signature.js';

/** Takes the payment provider's events: verified, then stored, then looked into by a worker. */
@Injectable()
export class StripeEventsService {
  constructor(
    private readonly signature: StripeSignature,
    private readonly settings: Settings,
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
  ) {}

  /** @throws ProblemError when the event is not the provider's, or cannot be read; nothing is stored then */
  async receive(body: Buffer, signature: string): Promise<void> {
    this.signature.verify(body, signature);
    const event = readStripeEvent(body, this.settings.isLive);
    const orderId = await this.store.paymentInbox.receive(event);
    if (orderId !== null)
      this.signals.send('requestPaymentSync', orderId, () => this.runs.requestPaymentSync(orderId));
  }
}

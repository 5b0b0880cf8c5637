import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import { Store } from '#libs/persistence/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { LOG } from '../platform/logging/log.js';
import { BestEffortSignals } from '../platform/signals/best-effort-signals.js';
import { CarrierSignature } from './carrier-signature.js';
import { readDeliveryEvent } from './delivery-event.js';

/** Receives the carrier's events: verifies, stores and applies each, then signals the run. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly signature: CarrierSignature,
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly signals: BestEffortSignals,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** @throws ProblemError when the signature is wrong or the event invalid; nothing is stored */
  async receive(body: Buffer, headers: Record<string, string>, requestId: string): Promise<void> {
    this.signature.verify(body, headers);
    const eventId = headers['webhook-id'] ?? '';
    const { isKnown, event } = readDeliveryEvent(body, eventId);
    const { type, trackingNumber } = event;
    const context = { event: eventId, type, trackingNumber, requestId };
    if (!isKnown) {
      await this.store.unmatchedEvents.record({ ...event, provider: 'carrier', objectId: trackingNumber });
      this.log.warn(context, 'ignored a carrier event of an unknown type');
      return;
    }
    const report = await this.store.inbox.receive(event);
    if (report === 'unmatched') this.log.warn(context, 'stored a carrier event that matches no order');
    if (report === 'unmatched' || report === null) return;
    this.signals.send('reportShipment', report.orderId, () => this.runs.reportShipment(report));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import { Store } from '#libs/store/store';
import { OrderRuns } from '#libs/temporal/order-runs';

import { LOG } from '../log.js';
import { Nudges } from '../nudges.js';
import { CarrierSignature } from './carrier-signature.js';
import { readDeliveryEvent } from './delivery-event.js';

/** Takes the carrier's events: verified, then stored and applied, then told to the run. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly signature: CarrierSignature,
    private readonly store: Store,
    private readonly runs: OrderRuns,
    private readonly nudges: Nudges,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** @throws ProblemError when the event is not the carrier's, or cannot be read; nothing is stored then */
  async receive(body: Buffer, headers: Record<string, string>): Promise<void> {
    this.signature.verify(body, headers);
    const eventId = headers['webhook-id'] ?? '';
    const event = readDeliveryEvent(body, eventId);
    if (!event) {
      this.log.warn('the carrier sent an event of an unknown type');
      return;
    }
    const report = await this.store.inbox.receive(event);
    if (!report) return;
    this.nudges.send('reportShipment', report.orderId, () => this.runs.reportShipment(report));
  }
}

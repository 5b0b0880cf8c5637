import { v7 as uuid } from 'uuid';

import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { ShipmentRequest } from '#libs/shipping/carrier-protocol';

import type { SandboxState } from '../sandbox-state.js';
import { untried, type WebhookOutbox } from '../webhook-outbox.js';
import { courseOf } from './addresses.js';
import { CarrierProblem } from './carrier-problem.js';
import type { Journeys } from './journeys.js';
import { PROGRESS, REACHED, type StoredParcel, type Webhook } from './parcel.js';
import type { TrackingNumbers } from './tracking-numbers.js';

/** The carrier's parcels, by our reference. */
export class Parcels {
  /** Reference by tracking number. */
  readonly #references: Map<string, string>;

  constructor(
    private readonly state: SandboxState,
    private readonly journeys: Journeys,
    private readonly outbox: WebhookOutbox<Webhook>,
    private readonly numbers: TrackingNumbers,
  ) {
    this.#references = new Map(
      state.parcels.values().map(({ trackingNumber, reference }) => [trackingNumber, reference]),
    );
  }

  /** @throws CarrierProblem when the address is refused or the reference is closed */
  create(reference: string, request: ShipmentRequest): { parcel: StoredParcel; isNew: boolean } {
    if (this.state.closedReferences.has(reference)) throw new CarrierProblem('reference_cancelled');
    const existing = this.state.parcels.get(reference);
    if (existing) return { parcel: existing, isNew: false };
    const course = courseOf(request.recipient.postalCode);
    if ('refused' in course) throw new CarrierProblem('address_refused');
    const trackingNumber = this.numbers.give();
    const parcel = this.state.parcels.set(reference, {
      reference,
      carrier: 'Sandbox Parcel',
      trackingNumber,
      status: 'label_created',
      createdAt: new Date().toISOString(),
      events: [],
    });
    this.#references.set(trackingNumber, reference);
    this.journeys.begin(trackingNumber, course.journey);
    return { parcel, isNew: true };
  }

  /** Cancels a parcel, and closes its reference even if there is none. @throws CarrierProblem too late */
  cancel(reference: string): { reference: string; status: 'cancelled' } {
    const parcel = this.state.parcels.get(reference);
    if (parcel && PROGRESS[parcel.status] >= PROGRESS.picked_up)
      throw new CarrierProblem('already_picked_up');
    if (parcel) {
      this.journeys.end(parcel.trackingNumber);
      this.state.parcels.set(reference, { ...parcel, status: 'cancelled' });
    }
    if (!this.state.closedReferences.has(reference)) {
      this.state.closedReferences.set(reference, { closedAt: new Date().toISOString() });
    }
    return { reference, status: 'cancelled' };
  }

  /** @throws CarrierProblem when there is none */
  byReference(reference: string): StoredParcel {
    const parcel = this.state.parcels.get(reference);
    if (!parcel) throw new CarrierProblem('unknown_reference');
    return parcel;
  }

  /** The latest that the number was given to. @throws CarrierProblem when there is none */
  byTrackingNumber(trackingNumber: string): StoredParcel {
    const parcel = this.state.parcels.get(this.#references.get(trackingNumber) ?? '');
    if (!parcel) throw new CarrierProblem('unknown_tracking_number');
    return parcel;
  }

  /**
   * An event happens to a parcel, and a webhook reports it. Any sequence is allowed: carriers report twice,
   * late, and on parcels that were cancelled.
   *
   * @param name its tracking number, or its reference
   * @throws CarrierProblem when there is no such parcel
   */
  report(name: string, type: CarrierEventType): StoredParcel {
    const parcel = this.state.parcels.get(name) ?? this.byTrackingNumber(name);
    const { trackingNumber } = parcel;
    const reached = REACHED[type];
    const occurredAt = new Date().toISOString();
    const id = `msg_${uuid()}`;
    const reference = this.numbers.tellsReferences ? parcel.reference : undefined;
    this.outbox.post({ id, trackingNumber, reference, type, occurredAt, ...untried() });
    this.journeys.overtake(trackingNumber, type);
    return this.state.parcels.set(parcel.reference, {
      ...parcel,
      status: PROGRESS[reached] >= PROGRESS[parcel.status] ? reached : parcel.status,
      events: [...parcel.events, { id, type, occurredAt, webhook: 'waiting' }],
    });
  }

  /** Notes the outcome of an event's webhook. */
  noteWebhook(trackingNumber: string, id: string, webhook: 'accepted' | 'given_up'): void {
    const isOf = (parcel: StoredParcel) => parcel.events.some((event) => event.id === id);
    const latest = this.byTrackingNumber(trackingNumber);
    const parcel = isOf(latest) ? latest : this.state.parcels.values().find(isOf);
    if (!parcel) return;
    this.state.parcels.set(parcel.reference, {
      ...parcel,
      events: parcel.events.map((event) => (event.id === id ? { ...event, webhook } : event)),
    });
  }
}

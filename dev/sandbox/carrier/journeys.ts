import { v7 as uuid } from 'uuid';

import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';

import { DueTimer } from '../due-timer.js';
import type { Collection } from '../collection.js';
import type { JourneyStop } from './parcel.js';

/** The planned events that an event makes obsolete. */
const OVERTAKEN: Readonly<Record<CarrierEventType, readonly CarrierEventType[]>> = {
  'shipment.picked_up': ['shipment.picked_up'],
  'shipment.in_transit': ['shipment.picked_up', 'shipment.in_transit'],
  'shipment.delivery_failed': ['shipment.picked_up', 'shipment.in_transit', 'shipment.delivery_failed'],
  'shipment.delivered': [
    'shipment.picked_up',
    'shipment.in_transit',
    'shipment.delivery_failed',
    'shipment.delivered',
    'shipment.returned',
  ],
  'shipment.returned': [
    'shipment.picked_up',
    'shipment.in_transit',
    'shipment.delivery_failed',
    'shipment.delivered',
    'shipment.returned',
  ],
};

/** Moves parcels along by themselves, also those that were on their way when the sandbox last stopped. */
export class Journeys {
  readonly #timer: DueTimer;

  constructor(
    private readonly stops: Collection<JourneyStop>,
    /** From label to doorstep, in milliseconds; null when parcels move only by hand. */
    private readonly deliveryAfter: number | null,
    private readonly arrive: (stop: JourneyStop) => void,
  ) {
    this.#timer = new DueTimer(
      () =>
        this.stops
          .values()
          .reduce<number | undefined>((least, { dueAt }) => Math.min(least ?? dueAt, dueAt), undefined),
      () => this.#arriveDue(),
    );
  }

  start(): void {
    this.#timer.set();
  }

  stop(): void {
    this.#timer.stop();
  }

  begin(trackingNumber: string, journey: readonly { type: CarrierEventType; at: number }[]): void {
    if (this.deliveryAfter === null) return;
    for (const { type, at } of journey) {
      const id = uuid();
      this.stops.set(id, { id, trackingNumber, type, dueAt: Date.now() + at * this.deliveryAfter });
    }
    this.#timer.set();
  }

  /** Removes the planned events that an early event, or one by hand, has overtaken. */
  overtake(trackingNumber: string, type: CarrierEventType): void {
    this.#drop((stop) => stop.trackingNumber === trackingNumber && OVERTAKEN[type].includes(stop.type));
  }

  end(trackingNumber: string): void {
    this.#drop((stop) => stop.trackingNumber === trackingNumber);
  }

  #drop(moot: (stop: JourneyStop) => boolean): void {
    for (const stop of this.stops.values().filter(moot)) this.stops.delete(stop.id);
    this.#timer.set();
  }

  #arriveDue(): void {
    const now = Date.now();
    const due = this.stops.values().filter(({ dueAt }) => dueAt <= now);
    for (const stop of due.sort((a, b) => a.dueAt - b.dueAt)) {
      this.stops.delete(stop.id);
      this.arrive(stop);
    }
  }
}

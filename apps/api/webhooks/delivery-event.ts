import { z } from 'zod';

import { DeliveryEvent, DeliveryEventId } from '#libs/contracts/http/delivery.api';
import { text } from '#libs/contracts/http/text.api';
import { CARRIER_EVENTS, type CarrierEvent } from '#libs/domain/fulfilment/carrier-event';

import { check, parseJson } from '../platform/requests/json.js';

/** Any event of a carrier: only the type must be valid where the type is unknown. */
const AnyEvent = z.object({
  type: text(255),
  trackingNumber: DeliveryEvent.shape.trackingNumber.nullable().catch(null),
  occurredAt: DeliveryEvent.shape.occurredAt.nullable().catch(null),
});
const KNOWN: readonly string[] = CARRIER_EVENTS;

interface UnknownDelivery extends Omit<CarrierEvent, 'type' | 'trackingNumber'> {
  readonly type: string;
  readonly trackingNumber: string | null;
}

export type Delivery =
  | { readonly isKnown: true; readonly event: CarrierEvent }
  /** Of an unknown type. */
  | { readonly isKnown: false; readonly event: UnknownDelivery };

/**
 * Parses a carrier's event.
 *
 * @param eventId the header `webhook-id`
 * @throws ProblemError when it is invalid
 */
export function readDeliveryEvent(body: Buffer, eventId: string): Delivery {
  const json = parseJson(body);
  const id = check(DeliveryEventId, eventId, ['webhook-id']);
  const { type, trackingNumber, occurredAt } = check(AnyEvent, json);
  if (KNOWN.includes(type)) return { isKnown: true, event: { eventId: id, ...check(DeliveryEvent, json) } };
  return {
    isKnown: false,
    event: { eventId: id, type, trackingNumber, occurredAt: occurredAt ?? new Date() },
  };
}

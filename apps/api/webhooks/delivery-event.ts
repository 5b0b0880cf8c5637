import { z } from 'zod';

import { DeliveryEvent, DeliveryEventId } from '#libs/contracts/delivery.api';
import { CARRIER_EVENTS } from '#libs/order/carrier-event';
import type { CarrierEvent } from '#libs/store/inbox.repository';

import { check, parseJson } from '../http/json.js';

/** Any event a carrier might send, now or later. */
const AnyEvent = z.object({ type: z.string() });
const KNOWN: readonly string[] = CARRIER_EVENTS;

/**
 * What a carrier's signed body says.
 *
 * @param eventId the header `webhook-id`
 * @returns null for an event of a type we do not know
 * @throws ProblemError when it cannot be read
 */
export function readDeliveryEvent(body: Buffer, eventId: string): CarrierEvent | null {
  const json = parseJson(body);
  const id = check(DeliveryEventId, eventId, ['webhook-id']);
  if (!KNOWN.includes(check(AnyEvent, json).type)) return null;
  return { eventId: id, ...check(DeliveryEvent, json) };
}

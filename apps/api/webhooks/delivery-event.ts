import { isUtf8 } from 'node:buffer';

import { z } from 'zod';

import { DeliveryEvent, DeliveryEventId } from '#libs/contracts/delivery.api';
import { CARRIER_EVENTS } from '#libs/order/carrier-event';
import type { CarrierEvent } from '#libs/store/inbox.repository';

import { type Issue, faultsOf } from '../http/faults.js';
import { ProblemError } from '../http/problem-error.js';

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
  if (!KNOWN.includes(check(AnyEvent, json).type)) return null;
  return { eventId: check(DeliveryEventId, eventId), ...check(DeliveryEvent, json) };
}

function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new ProblemError('malformed_body');
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ProblemError('malformed_body');
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues: readonly Issue[] = result.error.issues;
  throw new ProblemError('invalid_request', undefined, { errors: faultsOf(issues) });
}

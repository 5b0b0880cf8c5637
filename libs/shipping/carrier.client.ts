import { Contradiction } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import { providerFetch } from '#libs/providers/provider-fetch';
import { type CallLimit, UNLIMITED } from '#libs/providers/provider-limits';
import { retryAfterOf } from '#libs/providers/provider-trouble';

import type { Carrier, Parcel, Recipient } from './carrier.js';
import {
  cancellationSchema,
  carrierErrorSchema,
  type ShipmentRequest,
  shipmentSchema,
} from './carrier-protocol.js';
import { type CarrierCall, carrierFailure } from './carrier-failure.js';

interface Reply {
  /** To what it was given. */
  readonly call: CarrierCall;
  readonly status: number;
  readonly text: string;
  readonly retryAfter: number | undefined;
}

/** The carrier over HTTP; the calls are described in docs/carrier-protocol.md. */
export class CarrierClient implements Carrier {
  readonly #url: string;
  readonly #timeout: number;
  readonly #limit: CallLimit;

  /**
   * @param options.url what `/shipments` is appended to
   * @param options.timeout for a whole call, in milliseconds; not for its wait until the limit admits it
   * @param options.limit left out, there is none
   */
  constructor({ url, timeout, limit = UNLIMITED }: { url: string; timeout: number; limit?: CallLimit }) {
    this.#limit = limit;
    this.#url = url.replace(/\/+$/, '');
    this.#timeout = timeout;
  }

  async createShipment(request: {
    reference: OrderId;
    recipient: Recipient;
    items: readonly { sku: string; quantity: number }[];
  }): Promise<Parcel> {
    const { reference, recipient, items } = request;
    const body: ShipmentRequest = { recipient, items: [...items] };
    return parcelOf(reference, await this.#call('create', 'PUT', reference, body));
  }

  async cancelShipment(reference: OrderId): Promise<'cancelled' | 'too_late'> {
    const reply = await this.#call('cancel', 'POST', `${reference}/cancellation`);
    const code = codeOf(reply);
    if (code === 'already_picked_up') return 'too_late';
    // It was cancelled before, by hand or by a call whose answer was lost.
    if (code === 'reference_cancelled') return 'cancelled';
    assertSuccess(reply);
    // The status is enough; the body must not contradict it.
    if (reply.text === '') return 'cancelled';
    const { reference: named, status } = cancellationSchema.parse(json(reply));
    assertNamed(reference, named);
    if (status && status !== 'cancelled') throw new Contradiction('parcel_state_differs');
    return 'cancelled';
  }

  async findShipment(reference: OrderId): Promise<Parcel | null> {
    const reply = await this.#call('find', 'GET', reference);
    if (reply.status === 404 && codeOf(reply) === 'unknown_reference') return null;
    return parcelOf(reference, reply);
  }

  async #call(call: CarrierCall, method: string, path: string, body?: ShipmentRequest): Promise<Reply> {
    await this.#limit.admit();
    try {
      const response = await providerFetch(`${this.#url}/shipments/${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.#timeout),
      });
      const text = await response.text();
      const { status, headers } = response;
      return { call, status, text, retryAfter: retryAfterOf(headers.get('retry-after'), Date.now()) };
    } catch (cause) {
      throw carrierFailure(call, { status: null, cause });
    }
  }
}

/** @throws Outage when it is none, such as an answer that broke off */
function json({ call, text }: Reply): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw carrierFailure(call, { status: 'unreadable' });
  }
}

/** A proxy between us and the carrier may answer in another form; its status still counts. */
function codeOf(reply: Reply): string | null {
  if (reply.status < 400) return null;
  try {
    const error = carrierErrorSchema.safeParse(json(reply));
    return error.success ? error.data.error.code : null;
  } catch {
    return null;
  }
}

function assertSuccess(reply: Reply): void {
  const { call, status, retryAfter: pause } = reply;
  if (status >= 300) throw carrierFailure(call, { status, code: codeOf(reply), retryAfter: pause });
}

/** An answer that names no parcel is taken to be about the requested one. */
function assertNamed(asked: OrderId, named: string | undefined): void {
  if (named !== undefined && named !== asked) throw new Contradiction('parcel_reference_differs');
}

/**
 * @throws Contradiction when it is another order's parcel
 * @throws z.ZodError when the carrier does not keep to its protocol
 */
function parcelOf(reference: OrderId, reply: Reply): Parcel {
  assertSuccess(reply);
  const { reference: named, ...parcel } = shipmentSchema.parse(json(reply));
  assertNamed(reference, named);
  return parcel;
}

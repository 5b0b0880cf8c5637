import type { z } from 'zod';

import type { OrderId } from '#libs/order/order-id';
import { providerFetch } from '#libs/providers/provider-fetch';

import type { Carrier, Parcel, Recipient } from './carrier.js';
import { carrierErrorSchema, type ShipmentRequest, shipmentSchema } from './carrier-protocol.js';
import { carrierFailure } from './carrier-failure.js';

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The carrier over HTTP; the calls are described in docs/carrier-protocol.md. */
export class CarrierClient implements Carrier {
  readonly #url: string;
  readonly #timeout: number;

  /** @param options.url what `/shipments` is appended to; `timeout` is for a whole call, in milliseconds */
  constructor({ url, timeout }: { url: string; timeout: number }) {
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
    return read(shipmentSchema, await this.#call('PUT', reference, body));
  }

  async cancelShipment(reference: OrderId): Promise<'cancelled' | 'too_late'> {
    const reply = await this.#call('POST', `${reference}/cancellation`);
    if (codeOf(reply) === 'already_picked_up') return 'too_late';
    assertSuccess(reply);
    return 'cancelled';
  }

  async findShipment(reference: OrderId): Promise<Parcel | null> {
    const reply = await this.#call('GET', reference);
    if (reply.status === 404 && codeOf(reply) === 'unknown_reference') return null;
    return read(shipmentSchema, reply);
  }

  async #call(method: string, path: string, body?: ShipmentRequest): Promise<Reply> {
    try {
      const response = await providerFetch(`${this.#url}/shipments/${path}`, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.#timeout),
      });
      const text = await response.text();
      return { status: response.status, body: parsed(text) };
    } catch (cause) {
      throw carrierFailure({ status: null, cause });
    }
  }
}

/** Something between us and the carrier may answer in another form; its status still tells. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function codeOf({ body }: Reply): string | null {
  const parsedError = carrierErrorSchema.safeParse(body);
  return parsedError.success ? parsedError.data.error.code : null;
}

function assertSuccess(reply: Reply): void {
  if (reply.status >= 300) throw carrierFailure({ status: reply.status, code: codeOf(reply) });
}

/** @throws z.ZodError, a bug, when the carrier does not keep to its protocol */
function read<S extends z.ZodType>(schema: S, reply: Reply): z.output<S> {
  assertSuccess(reply);
  return schema.parse(reply.body);
}

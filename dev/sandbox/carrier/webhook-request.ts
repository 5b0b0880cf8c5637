import { Webhook as Signer } from 'standardwebhooks';

import type { CarrierEvent } from '#libs/shipping/carrier-protocol';

import type { Sender } from '../webhook-outbox.js';
import type { Webhook } from './parcel.js';

/** The carrier's webhooks, signed with its secret (standardwebhooks.com). */
export function carrierRequest(secret: string): Sender<Webhook>['request'] {
  const signer = new Signer(secret);
  return ({ id, type, trackingNumber, reference, occurredAt }, now) => {
    const body = JSON.stringify({ type, trackingNumber, reference, occurredAt } satisfies CarrierEvent);
    return {
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': signer.sign(id, now, body),
      },
    };
  };
}

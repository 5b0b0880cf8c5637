import { Injectable } from '@nestjs/common';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';

import { WebhookSignature, WebhookTimestamp } from '#libs/contracts/http/webhook-headers.api';

import { ProblemError } from '../platform/problems/problem-error.js';
import { Settings } from '../settings.js';

const Signed = z.object({ 'webhook-timestamp': WebhookTimestamp, 'webhook-signature': WebhookSignature });

/** The carrier's signature, by https://www.standardwebhooks.com; its time may be five minutes off. */
@Injectable()
export class CarrierSignature {
  private readonly webhook: Webhook;

  constructor(settings: Settings) {
    this.webhook = new Webhook(settings.carrierSecret);
  }

  /** @throws ProblemError invalid_signature, unless the body was signed with the shared secret */
  verify(body: Buffer, headers: Record<string, string>): void {
    if (!Signed.safeParse(headers).success) throw new ProblemError('invalid_signature');
    try {
      this.webhook.verify(body, headers, { jsonParse: false });
    } catch (error) {
      if (error instanceof WebhookVerificationError) throw new ProblemError('invalid_signature');
      throw error;
    }
  }
}

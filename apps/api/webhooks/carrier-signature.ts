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
  private readonly webhooks: readonly Webhook[];

  constructor(settings: Settings) {
    this.webhooks = settings.carrierSecrets.map((secret) => new Webhook(secret));
  }

  /** @throws ProblemError invalid_signature, unless the body was signed with one of the shared secrets */
  verify(body: Buffer, headers: Record<string, string>): void {
    if (!Signed.safeParse(headers).success) throw new ProblemError('invalid_signature');
    if (!this.webhooks.some((webhook) => isSigned(webhook, body, headers)))
      throw new ProblemError('invalid_signature');
  }
}

function isSigned(webhook: Webhook, body: Buffer, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

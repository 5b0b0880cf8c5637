import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';

import { WebhookSignature } from '#libs/contracts/http/webhook-headers.api';

import { ProblemError } from '../platform/problems/problem-error.js';
import { Settings } from '../settings.js';

/** Stripe's signature (docs.stripe.com/webhooks#verify-official-libraries); its time may be five minutes old. */
@Injectable()
export class StripeSignature {
  constructor(private readonly settings: Settings) {}

  /** @throws ProblemError invalid_signature, unless the body was signed with one of our secrets */
  verify(body: Buffer, header: string): void {
    if (!WebhookSignature.safeParse(header).success) throw new ProblemError('invalid_signature');
    if (!this.settings.paymentSecrets.some((secret) => isSigned(body, header, secret)))
      throw new ProblemError('invalid_signature');
  }
}

function isSigned(body: Buffer, header: string, secret: string): boolean {
  const { signature, DEFAULT_TOLERANCE } = Stripe.webhooks;
  try {
    return signature?.verifyHeader(body, header, secret, DEFAULT_TOLERANCE) ?? false;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

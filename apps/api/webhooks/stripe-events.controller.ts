import { Controller, Headers, HttpCode, Post, RawBody } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiResponse } from '@nestjs/swagger';

import { WebhookSignature } from '#libs/contracts/http/webhook-headers.api';

import { headerSchema, Operation } from '../platform/openapi/operation.decorator.js';
import { TakesSigned } from '../platform/requests/signed-body.guard.js';
import { StripeEventsService } from './stripe-events.service.js';

/** A dispute's event carries its evidence, up to 150,000 characters (docs.stripe.com/api/disputes). */
const EVENT_LIMIT = '512kb';

@Controller('webhooks/stripe')
export class StripeEventsController {
  constructor(private readonly events: StripeEventsService) {}

  @Post()
  @HttpCode(202)
  @Operation('receivePaymentEvent')
  @TakesSigned(EVENT_LIMIT)
  @ApiHeader({
    name: 'stripe-signature',
    required: true,
    description: 'docs.stripe.com/webhooks',
    schema: headerSchema(WebhookSignature),
  })
  @ApiBody({ schema: { $ref: '#/components/schemas/PaymentEvent' } })
  @ApiResponse({ status: 202, description: 'Stored' })
  async receive(
    @RawBody() body: Buffer | undefined,
    @Headers('stripe-signature') signature: string | undefined,
  ): Promise<void> {
    await this.events.receive(body ?? Buffer.alloc(0), signature ?? '');
  }
}

import { Module } from '@nestjs/common';

import { CarrierSignature } from './carrier-signature.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { StripeEventsController } from './stripe-events.controller.js';
import { StripeEventsService } from './stripe-events.service.js';
import { StripeSignature } from './stripe-signature.js';
import { UnmatchedEventsController } from './unmatched-events.controller.js';

@Module({
  controllers: [DeliveriesController, StripeEventsController, UnmatchedEventsController],
  providers: [CarrierSignature, DeliveriesService, StripeSignature, StripeEventsService],
})
export class WebhooksModule {}

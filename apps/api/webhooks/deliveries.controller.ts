import { Controller, Headers, HttpCode, Post, RawBody } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiResponse } from '@nestjs/swagger';

import { DeliveryEventId } from '#libs/contracts/http/delivery.api';
import { WebhookSignature, WebhookTimestamp } from '#libs/contracts/http/webhook-headers.api';

import { RequestId } from '../platform/auth/caller.js';
import { headerSchema, Operation } from '../platform/openapi/operation.decorator.js';
import { BODY_LIMIT } from '../platform/requests/request-body.js';
import { TakesSigned } from '../platform/requests/signed-body.guard.js';
import { DeliveriesService } from './deliveries.service.js';

@Controller('webhooks/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post()
  @HttpCode(202)
  @Operation('receiveDelivery')
  @TakesSigned(BODY_LIMIT)
  @ApiHeader({
    name: 'webhook-id',
    required: true,
    description: 'The id of the event, the same in every delivery',
    schema: headerSchema(DeliveryEventId),
  })
  @ApiHeader({
    name: 'webhook-timestamp',
    required: true,
    description: 'Seconds since 1970',
    schema: headerSchema(WebhookTimestamp),
  })
  @ApiHeader({
    name: 'webhook-signature',
    required: true,
    description: 'https://www.standardwebhooks.com',
    schema: headerSchema(WebhookSignature),
  })
  @ApiBody({
    schema: { $ref: '#/components/schemas/DeliveryEvent' },
    examples: {
      delivered: {
        value: {
          type: 'shipment.delivered',
          trackingNumber: 'SBX6444CE9585E3',
          occurredAt: '2026-01-03T12:00:00Z',
        },
      },
    },
  })
  @ApiResponse({
    status: 202,
    description: 'Stored. An event of an unknown type is stored, too, and changes nothing',
  })
  async receive(
    @RawBody() body: Buffer | undefined,
    @Headers() headers: Record<string, string>,
    @RequestId() requestId: string,
  ): Promise<void> {
    await this.deliveries.receive(body ?? Buffer.alloc(0), headers, requestId);
  }
}

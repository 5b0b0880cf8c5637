import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import {
  ListWebhookDeliveries,
  RequestWebhookReplay,
  WebhookDeliveryAddress,
  WebhookDeliveryList,
  WebhookDeliveryView,
  WebhookEndpointAddress,
  WebhookReplayAddress,
  WebhookReplayView,
} from '#libs/contracts/http/webhook-endpoint.api';

import { Caller } from '../platform/auth/caller.js';
import { IdempotencyKey, OptionalIdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';

const located = (what: string) => ({
  Location: { description: `Where the ${what} is`, required: true, schema: { type: 'string' } },
});

@Controller('webhook-endpoints/:id')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveriesService) {}

  @Get('deliveries')
  @Operation('listWebhookDeliveries')
  @ApiResponse({ status: 200, description: 'A page of deliveries', standardSchema: WebhookDeliveryList })
  async list(
    @Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress,
    @Query({ schema: ListWebhookDeliveries }) query: ListWebhookDeliveries,
  ): Promise<WebhookDeliveryList> {
    return this.deliveries.list(id, query);
  }

  @Get('deliveries/:deliveryId')
  @Operation('readWebhookDelivery')
  @ApiResponse({ status: 200, description: 'The delivery', standardSchema: WebhookDeliveryView })
  async read(
    @Param({ schema: WebhookDeliveryAddress }) { id, deliveryId }: WebhookDeliveryAddress,
  ): Promise<WebhookDeliveryView> {
    return this.deliveries.get(id, deliveryId);
  }

  @Post('deliveries/:deliveryId/redelivery')
  @HttpCode(200)
  @Operation('redeliverWebhook')
  @ApiResponse({
    status: 200,
    description:
      'It is due now, and is sent at once, and then by the schedule; an attempt that is being made goes on',
    standardSchema: WebhookDeliveryView,
  })
  async redeliver(
    @Param({ schema: WebhookDeliveryAddress }) { id, deliveryId }: WebhookDeliveryAddress,
    @OptionalIdempotencyKey() key: string | null,
    @Caller() service: string,
  ): Promise<WebhookDeliveryView> {
    return this.deliveries.redeliver(id, deliveryId, key, service);
  }

  @Post('test-event')
  @Operation('sendTestEvent')
  @ApiResponse({
    status: 201,
    description: 'An event `webhook.test` is due now; its delivery shows whether it arrived',
    standardSchema: WebhookDeliveryView,
    headers: located('delivery'),
  })
  async test(
    @Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress,
    @OptionalIdempotencyKey() key: string | null,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookDeliveryView> {
    const delivery = await this.deliveries.test(id, key, service);
    response.location(`/webhook-endpoints/${id}/deliveries/${delivery.id}`);
    return delivery;
  }

  @Post('replays')
  @Operation('requestWebhookReplay')
  @TakesJson()
  @ApiResponse({
    status: 201,
    description: 'The replay is stored; the events of its time that are kept are sent by and by',
    standardSchema: WebhookReplayView,
    headers: located('replay'),
  })
  async replay(
    @Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress,
    @IdempotencyKey() key: string,
    @Body({ schema: RequestWebhookReplay }) body: RequestWebhookReplay,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookReplayView> {
    const replay = await this.deliveries.replay(id, body, key, service);
    response.location(`/webhook-endpoints/${id}/replays/${replay.id}`);
    return replay;
  }

  @Get('replays/:replayId')
  @Operation('readWebhookReplay')
  @ApiResponse({ status: 200, description: 'The replay', standardSchema: WebhookReplayView })
  async readReplay(
    @Param({ schema: WebhookReplayAddress }) { id, replayId }: WebhookReplayAddress,
  ): Promise<WebhookReplayView> {
    return this.deliveries.replayOf(id, replayId);
  }
}

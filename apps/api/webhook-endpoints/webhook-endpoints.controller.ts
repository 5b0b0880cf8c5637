import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import {
  ChangeWebhookEndpoint,
  CreatedWebhookEndpoint,
  CreateWebhookEndpoint,
  ListWebhookEndpoints,
  RotateWebhookSecret,
  WebhookEndpointAddress,
  WebhookEndpointList,
  WebhookEndpointView,
} from '#libs/contracts/http/webhook-endpoint.api';

import { Caller } from '../platform/auth/caller.js';
import { IdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';

@Controller('webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpointsService) {}

  @Post()
  @Operation('createWebhookEndpoint')
  @TakesJson()
  @ApiResponse({
    status: 201,
    description: 'The endpoint is stored, and gets the events of changes from now on',
    standardSchema: CreatedWebhookEndpoint,
    headers: {
      Location: { description: 'Where the endpoint is', required: true, schema: { type: 'string' } },
    },
  })
  async create(
    @IdempotencyKey() key: string,
    @Body({ schema: CreateWebhookEndpoint }) body: CreateWebhookEndpoint,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CreatedWebhookEndpoint> {
    const endpoint = await this.endpoints.create(body, key, service);
    response.location(`/webhook-endpoints/${endpoint.id}`).set('Cache-Control', 'no-store');
    return endpoint;
  }

  @Get()
  @Operation('listWebhookEndpoints')
  @ApiResponse({ status: 200, description: 'A page of endpoints', standardSchema: WebhookEndpointList })
  async list(
    @Query({ schema: ListWebhookEndpoints }) query: ListWebhookEndpoints,
  ): Promise<WebhookEndpointList> {
    return this.endpoints.list(query);
  }

  @Get(':id')
  @Operation('readWebhookEndpoint')
  @ApiResponse({ status: 200, description: 'The endpoint', standardSchema: WebhookEndpointView })
  async read(
    @Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress,
  ): Promise<WebhookEndpointView> {
    return this.endpoints.get(id);
  }

  @Patch(':id')
  @Operation('changeWebhookEndpoint')
  @TakesJson()
  @ApiResponse({ status: 200, description: 'The endpoint as it is now', standardSchema: WebhookEndpointView })
  async change(
    @Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress,
    @Body({ schema: ChangeWebhookEndpoint }) body: ChangeWebhookEndpoint,
  ): Promise<WebhookEndpointView> {
    return this.endpoints.change(id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation('deleteWebhookEndpoint')
  @ApiResponse({ status: 204, description: 'The endpoint and its secrets are removed' })
  async remove(@Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress): Promise<void> {
    await this.endpoints.remove(id);
  }

  @Post(':id/secret-rotation')
  @HttpCode(200)
  @Operation('rotateWebhookSecret')
  @TakesJson()
  @ApiBody({ required: false, schema: { $ref: '#/components/schemas/RotateWebhookSecret' } })
  @ApiResponse({
    status: 200,
    description:
      'What is sent from now on is signed with the new secret, and for a while with those before it, too',
    standardSchema: CreatedWebhookEndpoint,
  })
  async rotate(
    @Param({ schema: WebhookEndpointAddress }) { id }: WebhookEndpointAddress,
    @IdempotencyKey() key: string,
    @Body({ schema: RotateWebhookSecret }) body: RotateWebhookSecret,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CreatedWebhookEndpoint> {
    response.set('Cache-Control', 'no-store');
    return this.endpoints.rotate(id, body, key, service);
  }
}

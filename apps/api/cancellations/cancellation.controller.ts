import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { CancellationView, RequestCancellation } from '#libs/contracts/http/cancellation.api';
import { OrderAddress } from '#libs/contracts/http/order-address.api';

import { Caller } from '../platform/auth/caller.js';
import { OptionalIdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { type WaitPreference, PreferredWait } from '../platform/requests/preferred-wait.js';
import { CancellationService } from './cancellation.service.js';
import { OutcomeService } from '../orders/outcome.service.js';

@Controller('orders/:id/cancellation')
export class CancellationController {
  constructor(
    private readonly cancellation: CancellationService,
    private readonly outcomes: OutcomeService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation('requestCancellation')
  @TakesJson()
  @ApiBody({ required: false, schema: { $ref: '#/components/schemas/RequestCancellation' } })
  @ApiResponse({
    status: 200,
    description: 'The order is cancelled. Only for requests that `Prefer` to wait',
    standardSchema: CancellationView,
  })
  @ApiResponse({
    status: 202,
    description: 'The request is stored, and its state is as shown; repeating it returns the same request',
    standardSchema: CancellationView,
  })
  async request(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @OptionalIdempotencyKey() _key: string | null,
    @PreferredWait() wait: WaitPreference,
    @Body({ schema: RequestCancellation.optional() }) _body: unknown,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CancellationView> {
    const { body, status, headers } = await this.outcomes.of(
      {
        subject: { about: 'cancellation', id },
        orderId: id,
        stored: await this.cancellation.request(id, service),
        done: 200,
        current: () => this.cancellation.get(id),
        reason: ({ code }) => code,
      },
      wait,
    );
    response.status(status).set(headers);
    return body;
  }

  @Get()
  @Operation('readCancellation')
  @ApiResponse({ status: 200, description: 'The state of the request', standardSchema: CancellationView })
  async read(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<CancellationView> {
    return this.cancellation.get(id);
  }
}

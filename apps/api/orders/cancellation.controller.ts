import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';

import { CancellationView, RequestCancellation } from '#libs/contracts/cancellation.api';
import { OrderAddress } from '#libs/contracts/order-address.api';

import { Caller } from '../http/caller.js';
import { OptionalIdempotencyKey } from '../http/idempotency-key.js';
import { TakesJson } from '../http/json-body.guard.js';
import { Operation } from '../http/operation.decorator.js';
import { CancellationService } from './cancellation.service.js';

@Controller('orders/:id/cancellation')
export class CancellationController {
  constructor(private readonly cancellation: CancellationService) {}

  @Post()
  @HttpCode(202)
  @Operation('requestCancellation')
  @TakesJson()
  @ApiBody({ required: false, schema: { $ref: '#/components/schemas/RequestCancellation' } })
  @ApiResponse({
    status: 202,
    description: 'The wish is stored, and stands as it says; asking again answers the same one',
    standardSchema: CancellationView,
  })
  async request(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @OptionalIdempotencyKey() _key: string | null,
    @Body({ schema: RequestCancellation.optional() }) _body: unknown,
    @Caller() service: string,
  ): Promise<CancellationView> {
    return this.cancellation.request(id, service);
  }

  @Get()
  @Operation('readCancellation')
  @ApiResponse({ status: 200, description: 'The wish as it stands', standardSchema: CancellationView })
  async read(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<CancellationView> {
    return this.cancellation.get(id);
  }
}

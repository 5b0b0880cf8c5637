import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';

import { CustomerAddress, EraseCustomer, EraseGuest, ErasureView } from '#libs/contracts/http/erasure.api';

import { Caller } from '../platform/auth/caller.js';
import { OptionalIdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { ErasureService } from './erasure.service.js';

const ERASED = {
  status: 200,
  description: 'The personal data is erased; repeating the request finds no orders',
  standardSchema: ErasureView,
};

@Controller('customers')
export class CustomersController {
  constructor(private readonly erasures: ErasureService) {}

  @Post('erasure')
  @HttpCode(200)
  @Operation('eraseGuest')
  @TakesJson()
  @ApiResponse(ERASED)
  async eraseGuest(
    @OptionalIdempotencyKey() key: string | null,
    @Body({ schema: EraseGuest }) { email }: EraseGuest,
    @Caller() service: string,
  ): Promise<ErasureView> {
    return this.erasures.erase({ email }, key, service);
  }

  @Post(':id/erasure')
  @HttpCode(200)
  @Operation('eraseCustomer')
  @TakesJson()
  @ApiBody({ required: false, schema: { $ref: '#/components/schemas/EraseCustomer' } })
  @ApiResponse(ERASED)
  async eraseCustomer(
    @Param({ schema: CustomerAddress }) { id }: CustomerAddress,
    @OptionalIdempotencyKey() key: string | null,
    @Body({ schema: EraseCustomer.optional() }) _body: unknown,
    @Caller() service: string,
  ): Promise<ErasureView> {
    return this.erasures.erase({ customerId: id }, key, service);
  }
}

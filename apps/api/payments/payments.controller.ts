import { Body, Controller, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { OrderAddress } from '#libs/contracts/http/order-address.api';
import { OrderView } from '#libs/contracts/http/order-view.api';
import { ClientSecretView, RequestPaymentAttempt } from '#libs/contracts/http/payment.api';

import { Caller } from '../platform/auth/caller.js';
import { IdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { type WaitPreference, PreferredWait } from '../platform/requests/preferred-wait.js';
import { presentOrder } from '../orders/order.presenter.js';
import { OutcomeService } from '../orders/outcome.service.js';
import { PaymentsService } from './payments.service.js';

const ATTEMPTED = {
  Location: { description: 'Where the order is', required: true, schema: { type: 'string' } },
} as const;

@Controller('orders/:id')
export class PaymentsController {
  constructor(
    private readonly payments: PaymentsService,
    private readonly outcomes: OutcomeService,
  ) {}

  @Post('payment-attempts')
  @HttpCode(202)
  @Operation('attemptPayment')
  @TakesJson()
  @ApiResponse({
    status: 200,
    description: 'The order is confirmed. Only for requests that `Prefer` to wait',
    standardSchema: OrderView,
    headers: ATTEMPTED,
  })
  @ApiResponse({
    status: 202,
    description: 'The attempt is stored and will be made; until then `payment` is `authorizing`',
    standardSchema: OrderView,
    headers: ATTEMPTED,
  })
  async attempt(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @IdempotencyKey() key: string,
    @PreferredWait() wait: WaitPreference,
    @Body({ schema: RequestPaymentAttempt }) body: RequestPaymentAttempt,
    @Caller() service: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderView> {
    const asked = await this.payments.attempt(id, body, key, service);
    response.location(`/orders/${asked.id}`);
    const { body: order, status, headers } = await this.outcomes.ofOrder(asked, 200, wait);
    response.status(status).set(headers);
    return presentOrder(order);
  }

  @Get('payment/client-secret')
  @Header('Cache-Control', 'no-store')
  @Operation('readClientSecret')
  @ApiResponse({
    status: 200,
    description: "What the shopper's browser needs to act on the payment",
    standardSchema: ClientSecretView,
  })
  async clientSecret(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<ClientSecretView> {
    return { clientSecret: await this.payments.clientSecret(id) };
  }
}

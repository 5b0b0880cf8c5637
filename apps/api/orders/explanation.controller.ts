import { Controller, Get, Param } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { ExplanationView } from '#libs/contracts/http/explanation.api';
import { OrderAddress } from '#libs/contracts/http/order-address.api';
import type { Principal } from '#libs/persistence/requests/api-key.repository';

import { CallerCredential } from '../platform/auth/caller.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { presentExplanation } from './explanation.presenter.js';
import { OrdersService } from './orders.service.js';

@Controller('orders/:id/explanation')
export class ExplanationController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @Operation('explainOrder')
  @ApiResponse({
    status: 200,
    description: 'Why the order stands where it does, and what comes next',
    standardSchema: ExplanationView,
  })
  async explain(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @CallerCredential() { scopes }: Principal,
  ): Promise<ExplanationView> {
    return presentExplanation(id, await this.orders.explain(id), scopes);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { LedgerView } from '#libs/contracts/http/ledger.api';
import { OrderAddress } from '#libs/contracts/http/order-address.api';
import { Store } from '#libs/persistence/store';

import { Operation } from '../platform/openapi/operation.decorator.js';
import { presentLedger } from './ledger.presenter.js';
import { OrdersService } from '../orders/orders.service.js';

@Controller('orders/:id/ledger')
export class LedgerController {
  constructor(
    private readonly orders: OrdersService,
    private readonly store: Store,
  ) {}

  @Get()
  @Operation('readLedger')
  @ApiResponse({
    status: 200,
    description: 'Its ledger transactions and balances',
    standardSchema: LedgerView,
  })
  async read(@Param({ schema: OrderAddress }) { id }: OrderAddress): Promise<LedgerView> {
    const order = await this.orders.get(id);
    return presentLedger(await this.store.ledger.ofOrder(order.id));
  }
}

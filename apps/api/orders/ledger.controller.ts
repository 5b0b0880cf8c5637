import { Controller, Get, Param } from '@nestjs/common';
import { ApiParam, ApiResponse } from '@nestjs/swagger';

import { LedgerView } from '#libs/contracts/ledger.api';
import type { OrderId } from '#libs/order/order-id';
import { Store } from '#libs/store/store';

import { Operation } from '../http/operation.decorator.js';
import { presentLedger } from './ledger.presenter.js';
import { OrderIdPipe } from './order-id.pipe.js';
import { OrdersService } from './orders.service.js';

@Controller('orders/:id/ledger')
export class LedgerController {
  constructor(
    private readonly orders: OrdersService,
    private readonly store: Store,
  ) {}

  @Get()
  @Operation('readLedger')
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, description: 'Every movement of its money', standardSchema: LedgerView })
  async read(@Param('id', OrderIdPipe) id: OrderId): Promise<LedgerView> {
    const order = await this.orders.get(id);
    return presentLedger(await this.store.ledger.ofOrder(order.id));
  }
}

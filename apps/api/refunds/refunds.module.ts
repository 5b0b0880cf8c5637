import { Module } from '@nestjs/common';

import { OrdersModule } from '../orders/orders.module.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsService } from './refunds.service.js';

@Module({
  imports: [OrdersModule],
  controllers: [RefundsController],
  providers: [RefundsService],
})
export class RefundsModule {}

import { Module } from '@nestjs/common';

import { OrdersModule } from '../orders/orders.module.js';
import { LedgerController } from './ledger.controller.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';

@Module({
  imports: [OrdersModule],
  controllers: [PaymentsController, LedgerController],
  providers: [PaymentsService],
})
export class PaymentsModule {}

import { Module } from '@nestjs/common';

import { AttentionModule } from '../attention/attention.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { DiscrepanciesController } from './discrepancies.controller.js';
import { DiscrepanciesService } from './discrepancies.service.js';

@Module({
  imports: [OrdersModule, AttentionModule],
  controllers: [DiscrepanciesController],
  providers: [DiscrepanciesService],
})
export class ReconciliationModule {}

import { Module } from '@nestjs/common';

import { ProductsController } from './products.controller.js';
import { ProductsService } from './products.service.js';
import { StockAdjustmentsController } from './stock-adjustments.controller.js';
import { StockAdjustmentsService } from './stock-adjustments.service.js';

@Module({
  controllers: [ProductsController, StockAdjustmentsController],
  providers: [ProductsService, StockAdjustmentsService],
})
export class CatalogueModule {}

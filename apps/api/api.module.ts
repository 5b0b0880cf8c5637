import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import type { Environment } from '#libs/config/environment';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { databaseLimits } from '#libs/persistence/database/database-limits';
import { Store } from '#libs/persistence/store';
import { lazyClient } from '#libs/temporal/connection';
import { OrderRuns } from '#libs/temporal/order-runs';

import { CustomersController } from './customers/customers.controller.js';
import { ErasureService } from './customers/erasure.service.js';
import { Drain } from './platform/server/drain.js';
import { EntryController } from './platform/openapi/entry.controller.js';
import { DiscrepanciesController } from './reconciliation/discrepancies.controller.js';
import { DiscrepanciesService } from './reconciliation/discrepancies.service.js';
import { PAYMENT_GATEWAY } from './platform/gateway.js';
import { DatabaseProbe } from './platform/health/database-probe.js';
import { HealthController } from './platform/health/health.controller.js';
import { ApiKeyGuard } from './platform/auth/api-key.guard.js';
import { QueryGuard } from './platform/requests/query.guard.js';
import { RateLimits } from './platform/server/rate-limits.js';
import { ValidationPipe } from './platform/requests/validation.pipe.js';
import { LOG } from './platform/logging/log.js';
import { BestEffortSignals } from './platform/signals/best-effort-signals.js';
import { AttentionController } from './attention/attention.controller.js';
import { AttentionService } from './attention/attention.service.js';
import { CancellationController } from './cancellations/cancellation.controller.js';
import { CancellationService } from './cancellations/cancellation.service.js';
import { LedgerController } from './payments/ledger.controller.js';
import { OrderAcceptance } from './orders/order-acceptance.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OutcomeService } from './orders/outcome.service.js';
import { OutcomePoller } from './orders/outcome-poller.js';
import { PaymentsController } from './payments/payments.controller.js';
import { PaymentsService } from './payments/payments.service.js';
import { RefundsController } from './refunds/refunds.controller.js';
import { RefundsService } from './refunds/refunds.service.js';
import { ProblemsController } from './platform/problems/problems.controller.js';
import { ProductsController } from './catalogue/products.controller.js';
import { ProductsService } from './catalogue/products.service.js';
import { StockAdjustmentsController } from './catalogue/stock-adjustments.controller.js';
import { StockAdjustmentsService } from './catalogue/stock-adjustments.service.js';
import { IdempotencyService } from './platform/idempotency/idempotency.service.js';
import { Settings } from './settings.js';
import { CarrierSignature } from './webhooks/carrier-signature.js';
import { DeliveriesController } from './webhooks/deliveries.controller.js';
import { DeliveriesService } from './webhooks/deliveries.service.js';
import { StripeEventsController } from './webhooks/stripe-events.controller.js';
import { StripeEventsService } from './webhooks/stripe-events.service.js';
import { StripeSignature } from './webhooks/stripe-signature.js';
import { UnmatchedEventsController } from './webhooks/unmatched-events.controller.js';

export type ApiEnvironment = Environment<
  | 'store'
  | 'temporal'
  | 'payments'
  | 'providers'
  | 'api'
  | 'paymentWebhooks'
  | 'carrierWebhooks'
  | 'pricing'
  | 'policy'
>;

@Module({})
export class ApiModule {
  static with(environment: ApiEnvironment, log: Logger): DynamicModule {
    const { store, temporal, payments, providers } = environment;
    return {
      module: ApiModule,
      imports: [TerminusModule],
      controllers: [
        OrdersController,
        AttentionController,
        CancellationController,
        RefundsController,
        PaymentsController,
        LedgerController,
        ProductsController,
        StockAdjustmentsController,
        DiscrepanciesController,
        UnmatchedEventsController,
        CustomersController,
        DeliveriesController,
        StripeEventsController,
        HealthController,
        ProblemsController,
        EntryController,
      ],
      providers: [
        { provide: LOG, useValue: log },
        { provide: Settings, useValue: new Settings(environment) },
        {
          provide: Store,
          useFactory: () => Store.open(store.DATABASE_URL, store.DATABASE_POOL_SIZE, databaseLimits(store)),
        },
        {
          provide: DatabaseProbe,
          useFactory: () => new DatabaseProbe(store.DATABASE_URL, databaseLimits(store)),
        },
        { provide: Client, useFactory: () => lazyClient(temporal) },
        {
          provide: OrderRuns,
          useFactory: (client: Client, facts: Store) => new OrderRuns(client, facts),
          inject: [Client, Store],
        },
        {
          provide: PAYMENT_GATEWAY,
          useValue: new StripeGateway({
            secretKey: payments.STRIPE_SECRET_KEY,
            apiUrl: payments.STRIPE_API_URL,
            timeout: providers.PROVIDER_TIMEOUT,
          }),
        },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_GUARD, useClass: QueryGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        RateLimits,
        BestEffortSignals,
        OrdersService,
        OrderAcceptance,
        OutcomePoller,
        OutcomeService,
        IdempotencyService,
        CancellationService,
        RefundsService,
        PaymentsService,
        AttentionService,
        ProductsService,
        StockAdjustmentsService,
        DiscrepanciesService,
        ErasureService,
        CarrierSignature,
        DeliveriesService,
        StripeSignature,
        StripeEventsService,
        Drain,
      ],
    };
  }
}

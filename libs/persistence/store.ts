import { ApiKeyRepository } from './requests/api-key.repository.js';
import { AttentionRepository } from './attention/attention.repository.js';
import { CancellationRepository } from './cancellations/cancellation.repository.js';
import { ComparisonRepository } from './reconciliation/comparison.repository.js';
import { CircumstancesRepository } from './orders/circumstances.repository.js';
import { CatalogueRepository } from './stock/catalogue.repository.js';
import { ConnectionPool, type PoolUse } from './database/connection-pool.js';
import { type Database, databaseOver } from './database/database.js';
import type { DatabaseLimits } from './database/database-limits.js';
import { DisputeRepository } from './payments/dispute.repository.js';
import { EventStreamRepository } from './events/event-stream.repository.js';
import { EffectRepository } from './effects/effect.repository.js';
import { ErasureRepository } from './orders/erasure.repository.js';
import { DiscrepancyRepository } from './reconciliation/discrepancy.repository.js';
import { InboxRepository } from './fulfilment/inbox.repository.js';
import { LedgerRepository } from './ledger/ledger.repository.js';
import type { OrderListener } from './orders/order-listener.js';
import { OrderRepository } from './orders/order.repository.js';
import { OutcomeRepository } from './orders/outcome.repository.js';
import { PaymentAttemptRepository } from './payments/payment-attempt.repository.js';
import { PaymentInboxRepository } from './payments/payment-inbox.repository.js';
import { PersonRepository } from './people/person.repository.js';
import { SessionRepository } from './people/session.repository.js';
import { RefundRepository } from './refunds/refund.repository.js';
import { IdempotencyKeyRepository } from './requests/idempotency-key.repository.js';
import { OldRowsRepository } from './sweeper/old-rows.repository.js';
import { SweepLeaseRepository } from './sweeper/sweep-lease.repository.js';
import { StockAdjustmentRepository } from './stock/stock-adjustment.repository.js';
import { StockRepository } from './stock/stock.repository.js';
import { RunLookRepository } from './runs/run-look.repository.js';
import { RunMarkRepository } from './runs/run-mark.repository.js';
import { RunRepository } from './runs/run.repository.js';
import { SweepRepository } from './orders/sweep.repository.js';
import { UnmatchedEventRepository } from './fulfilment/unmatched-event.repository.js';
import { WaitRepository } from './orders/wait.repository.js';
import { WebhookDeliveryRepository } from './webhooks/webhook-delivery.repository.js';
import { WebhookEndpointRepository } from './webhooks/webhook-endpoint.repository.js';
import { WebhookReplayRepository } from './webhooks/webhook-replay.repository.js';

/** The business facts: every repository over one pool of connections. */
export class Store {
  readonly orders: OrderRepository;
  readonly outcomes: OutcomeRepository;
  readonly circumstances: CircumstancesRepository;
  readonly effects: EffectRepository;
  readonly events: EventStreamRepository;
  readonly stock: StockRepository;
  readonly stockAdjustments: StockAdjustmentRepository;
  readonly inbox: InboxRepository;
  readonly paymentInbox: PaymentInboxRepository;
  readonly unmatchedEvents: UnmatchedEventRepository;
  readonly attention: AttentionRepository;
  readonly ledger: LedgerRepository;
  readonly refunds: RefundRepository;
  readonly cancellations: CancellationRepository;
  readonly paymentAttempts: PaymentAttemptRepository;
  readonly comparisons: ComparisonRepository;
  readonly discrepancies: DiscrepancyRepository;
  readonly disputes: DisputeRepository;
  readonly waits: WaitRepository;
  readonly catalogue: CatalogueRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly people: PersonRepository;
  readonly sessions: SessionRepository;
  readonly idempotencyKeys: IdempotencyKeyRepository;
  readonly erasures: ErasureRepository;
  readonly runs: RunRepository;
  readonly runMarks: RunMarkRepository;
  readonly runLook: RunLookRepository;
  readonly sweep: SweepRepository;
  readonly sweepLeases: SweepLeaseRepository;
  readonly oldRows: OldRowsRepository;
  readonly webhookEndpoints: WebhookEndpointRepository;
  readonly webhookDeliveries: WebhookDeliveryRepository;
  readonly webhookReplays: WebhookReplayRepository;

  constructor(
    private readonly db: Database,
    private readonly pool?: ConnectionPool,
    listener?: OrderListener,
  ) {
    this.orders = new OrderRepository(db, listener);
    this.runs = new RunRepository(db, this.orders);
    this.runMarks = new RunMarkRepository(db);
    this.circumstances = new CircumstancesRepository(db);
    this.outcomes = new OutcomeRepository(db);
    this.effects = new EffectRepository(db, listener);
    this.events = new EventStreamRepository(db);
    this.stock = new StockRepository(this.orders, this.effects);
    this.stockAdjustments = new StockAdjustmentRepository(db);
    this.inbox = new InboxRepository(db, this.orders);
    this.discrepancies = new DiscrepancyRepository(db, this.orders);
    this.paymentInbox = new PaymentInboxRepository(db);
    this.unmatchedEvents = new UnmatchedEventRepository(db);
    this.attention = new AttentionRepository(db, this.orders, this.discrepancies);
    this.ledger = new LedgerRepository(db);
    this.refunds = new RefundRepository(db, this.orders, this.runs);
    this.cancellations = new CancellationRepository(db, this.orders);
    this.paymentAttempts = new PaymentAttemptRepository(db, this.orders, this.effects);
    this.comparisons = new ComparisonRepository(db);
    this.disputes = new DisputeRepository(db);
    this.waits = new WaitRepository(db);
    this.catalogue = new CatalogueRepository(db, listener);
    this.apiKeys = new ApiKeyRepository(db);
    this.people = new PersonRepository(db);
    this.sessions = new SessionRepository(db);
    this.idempotencyKeys = new IdempotencyKeyRepository(db);
    this.erasures = new ErasureRepository(db);
    this.runLook = new RunLookRepository(db);
    this.sweep = new SweepRepository(db);
    this.sweepLeases = new SweepLeaseRepository(db);
    this.oldRows = new OldRowsRepository(db);
    this.webhookEndpoints = new WebhookEndpointRepository(db);
    this.webhookDeliveries = new WebhookDeliveryRepository(db);
    this.webhookReplays = new WebhookReplayRepository(db);
  }

  /** @param url a postgresql:// URL; @param poolSize connections at most; @param listener is called after every read and change of an order */
  static open(url: string, poolSize: number, limits?: DatabaseLimits, listener?: OrderListener): Store {
    const pool = new ConnectionPool(url, poolSize, limits);
    return new Store(databaseOver(pool), pool, listener);
  }

  /** How the connections are used now. */
  connections(): PoolUse {
    return this.pool?.use() ?? { max: 0, used: 0, idle: 0, pending: 0 };
  }

  /** Whether every connection is lost to a fault of ours, so that only a restart helps. */
  isStuck(): boolean {
    return this.pool?.isStuck() ?? false;
  }

  /** Whether another statement would have to wait for a connection. */
  isBusy(): boolean {
    return this.pool?.isBusy ?? false;
  }

  /** Whether every connection is in use for longer than a statement may take. */
  isExhausted(): boolean {
    return this.pool?.isExhausted() ?? false;
  }

  /** Asks the database for nothing. @throws what any statement would */
  async ping(): Promise<void> {
    await this.db.$queryRaw`SELECT 1`;
  }

  async close(): Promise<void> {
    await this.db.$disconnect();
  }
}

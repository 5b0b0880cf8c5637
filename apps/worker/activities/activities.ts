import type {
  DecisionActivities,
  EmailActivities,
  MoneyActivities,
  StepActivities,
} from '#libs/contracts/workflows/activities';
import type { Mailer } from '#libs/mail/mailer';
import type { Shop } from '#libs/mail/shop';
import type { PaymentGateway } from '#libs/payments/payment-gateway';
import type { Carrier } from '#libs/shipping/carrier';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';

import { OrderDecisions } from './orders/decision.activities.js';
import { EffectJournal } from './effect-journal.js';
import { OrderEmails } from './email/email.activities.js';
import { InventoryActivities } from './inventory/inventory.activities.js';
import { MoneyBackActivities } from './refunds/money-back.activities.js';
import { OrderIntent } from './orders/order-intent.js';
import { PaymentCheck } from './payments/payment-check.js';
import { PaymentActivities } from './payments/payment.activities.js';
import { ShipmentActivities } from './shipping/shipment.activities.js';

/** What the activities work with. */
export interface Ports {
  readonly store: Store;
  readonly runs: OrderRuns;
  readonly gateway: PaymentGateway;
  readonly carrier: Carrier;
  readonly mailer: Mailer;
  /** As its mails show it. */
  readonly shop: Shop;
  readonly logger: Logger;
  /** Countries that are shipped to; empty means all. */
  readonly shipTo: readonly string[];
}

/** Every activity under its name, as a worker takes them, for each of the two task queues. */
export function orderActivities({ store, runs, gateway, carrier, mailer, shop, logger, shipTo }: Ports) {
  const journal = new EffectJournal(store.effects, store.orders, logger);
  const inventory = new InventoryActivities(store.orders, journal, store.stock, store.catalogue, shipTo);
  const intent = new OrderIntent(journal, gateway);
  const check = new PaymentCheck(store, gateway, runs, logger);
  const payment = new PaymentActivities(store.orders, journal, intent, gateway, check);
  const moneyBack = new MoneyBackActivities(
    store.orders,
    store.refunds,
    journal,
    intent,
    gateway,
    check,
    logger,
  );
  const shipment = new ShipmentActivities(store.orders, store.inbox, journal, carrier, runs, logger);
  const decisions = new OrderDecisions(store);
  const emails = new OrderEmails(store.refunds, journal, mailer, shop);
  return {
    orders: {
      validateOrder: (id) => inventory.validateOrder(id),
      reserveStock: (id) => inventory.reserveStock(id),
      releaseStock: (id) => inventory.releaseStock(id),
      chargePayment: (id) => payment.chargePayment(id),
      checkPayment: (id) => payment.checkPayment(id),
      capturePayment: (id) => payment.capturePayment(id),
      returnPayment: (id, reason) => moneyBack.returnPayment(id, reason),
      createRefund: (id, refundId) => moneyBack.createRefund(id, refundId),
      createShipment: (id) => shipment.createShipment(id),
      cancelShipment: (id) => shipment.cancelShipment(id),
      checkDelivery: (id) => shipment.checkDelivery(id),
      followPayment: (id) => check.check(id),
      parkOrder: (id, attention) => decisions.parkOrder(id, attention),
      resumeOrder: (id, attentionId, action) => decisions.resumeOrder(id, attentionId, action),
      beginCancellation: (id, reason) => decisions.beginCancellation(id, reason),
      endOrder: (id, end) => decisions.endOrder(id, end),
      closeOrder: (id, end) => decisions.closeOrder(id, end),
      readStanding: (id) => decisions.readStanding(id),
    } satisfies StepActivities & MoneyActivities & DecisionActivities,
    email: {
      sendConfirmation: (id) => emails.sendConfirmation(id),
      sendShippingNotice: (id) => emails.sendShippingNotice(id),
      sendDeliveryNotice: (id) => emails.sendDeliveryNotice(id),
      sendFailedDelivery: (id) => emails.sendFailedDelivery(id),
      sendCancellation: (id) => emails.sendCancellation(id),
      sendRejection: (id) => emails.sendRejection(id),
      sendRefundNotice: (id, refundId) => emails.sendRefundNotice(id, refundId),
    } satisfies EmailActivities,
  };
}

import type {
  DecisionActivities,
  EmailActivities,
  LocalEmailActivities,
  PaymentSyncActivities,
  StepActivities,
} from '#libs/contracts/workflows/activities';
import type { Mailer } from '#libs/mail/mailer';
import type { Shop } from '#libs/mail/shop';
import type { PaymentGateway } from '#libs/payments/payment-gateway';
import type { Carrier } from '#libs/shipping/carrier';
import type { Store } from '#libs/persistence/store';
import type { Logger } from '#libs/telemetry/logger';
import type { OrderRuns } from '#libs/temporal/order-runs';

import type { ActivityMetrics } from '../telemetry/activity-metrics.js';
import { OrderDecisions } from './orders/decision.activities.js';
import { EffectJournal } from './effect-journal.js';
import { OrderEmails } from './email/email.activities.js';
import { InventoryActivities } from './inventory/inventory.activities.js';
import { RefundActivities } from './refunds/refund.activities.js';
import { OrderIntent } from './orders/order-intent.js';
import { PaymentSync } from './payments/payment-sync.js';
import { PaymentActivities } from './payments/payment.activities.js';
import { ShipmentActivities } from './shipping/shipment.activities.js';

/** The dependencies of the activities. */
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
  /** Where attempts and contradicting answers are counted, if anywhere. */
  readonly metrics?: ActivityMetrics;
}

/** Every activity under its name, in a worker's form, for each of the two task queues, and for workflow tasks. */
export function orderActivities({
  store,
  runs,
  gateway,
  carrier,
  mailer,
  shop,
  logger,
  shipTo,
  metrics,
}: Ports) {
  const journal = new EffectJournal(store.effects, store.orders, logger);
  const inventory = new InventoryActivities(store.orders, journal, store.stock, store.catalogue, shipTo);
  const intent = new OrderIntent(journal, gateway);
  const sync = new PaymentSync(store, gateway, runs, logger, metrics);
  const payment = new PaymentActivities(store.orders, journal, intent, gateway, sync, logger);
  const refunds = new RefundActivities(store.orders, store.refunds, journal, intent, gateway, sync, logger);
  const shipment = new ShipmentActivities(store.orders, store.inbox, journal, carrier, runs, logger);
  const decisions = new OrderDecisions(store, logger);
  const emails = new OrderEmails(store.refunds, journal, mailer, shop);
  const email = {
    sendConfirmation: (id) => emails.sendConfirmation(id),
    sendShippingNotice: (id) => emails.sendShippingNotice(id),
    sendDeliveryNotice: (id) => emails.sendDeliveryNotice(id),
    closeWithDeliveryNotice: (id) => emails.closeWithDeliveryNotice(id),
    sendFailedDeliveryNotice: (id) => emails.sendFailedDeliveryNotice(id),
    sendCancellationNotice: (id) => emails.sendCancellationNotice(id),
    sendRejectionNotice: (id) => emails.sendRejectionNotice(id),
    sendRefundNotice: (id, refundId) => emails.sendRefundNotice(id, refundId),
  } satisfies EmailActivities;
  const { sendShippingNotice, closeWithDeliveryNotice } = email;
  return {
    orders: {
      validateOrder: (id) => inventory.validateOrder(id),
      reserveStock: (id) => inventory.reserveStock(id),
      validateAndReserve: (id) => inventory.validateAndReserve(id),
      reserveAndCharge: async (id) => {
        const { order, begun } = await inventory.reserveToCharge(id, (read) => payment.firstEffect(read));
        return { number: order.number, ...(await payment.tryToCharge(order, begun)) };
      },
      releaseStock: (id) => inventory.releaseStock(id),
      chargePayment: (id) => payment.chargePayment(id),
      checkPayment: (id) => payment.checkPayment(id),
      capturePayment: (id) => payment.capturePayment(id),
      reversePayment: (id, reason) => refunds.reversePayment(id, reason),
      createRefund: (id, refundId) => refunds.createRefund(id, refundId),
      createShipment: (id) => shipment.createShipment(id),
      cancelShipment: (id) => shipment.cancelShipment(id),
      checkDelivery: (id) => shipment.checkDelivery(id),
      syncPayment: (id) => sync.run(id),
      openAttention: (id, attention) => decisions.openAttention(id, attention),
      resolveAttention: (id, attentionId, action) => decisions.resolveAttention(id, attentionId, action),
      beginCancellation: (id, reason) => decisions.beginCancellation(id, reason),
      endOrder: (id, end) => decisions.endOrder(id, end),
      closeOrder: (id, end) => decisions.closeOrder(id, end),
      loadResumePoint: (id) => decisions.loadResumePoint(id),
    } satisfies StepActivities & PaymentSyncActivities & DecisionActivities,
    email,
    atOnce: { sendShippingNotice, closeWithDeliveryNotice } satisfies LocalEmailActivities,
  };
}

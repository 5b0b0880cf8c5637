import type { EmailActivities } from '#libs/contracts/workflows/activities';
import type { Mail, Mailer } from '#libs/mail/mailer';
import type { MailedOrder } from '#libs/mail/mailed-order';
import {
  cancellationMail,
  confirmationMail,
  deliveryNotice,
  failedDeliveryMail,
  refundMail,
  rejectionMail,
  shippingNotice,
} from '#libs/mail/order-mails';
import type { Shop } from '#libs/mail/shop';
import { closing } from '#libs/domain/order/closing';
import { type EmailKind, emailKey, refundEmailKey } from '#libs/domain/order/email-keys';
import type { OrderChange } from '#libs/domain/order/order-change';
import type { OrderId } from '#libs/domain/order/order-id';
import { ORDER_STATUSES, type OrderStatus } from '#libs/domain/order/states';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { RefundRepository } from '#libs/persistence/refunds/refund.repository';

import type { EffectJournal } from '../effect-journal.js';
import { requirePersonalData } from '../personal-data.js';

/** A kind of email about an order. */
interface Kind {
  readonly write: (order: MailedOrder, shop: Shop) => Mail;
  /** The statuses of an order in which this email is not sent any more, or not yet. */
  readonly unless: readonly OrderStatus[];
}

/** What is written with the fact that an email was sent. */
type AlsoChanged = Omit<OrderChange, 'event' | 'settles'>;

const allBut = (status: OrderStatus) => ORDER_STATUSES.filter((other) => other !== status);

const MAILS: Readonly<Record<EmailKind, Kind>> = {
  // No confirmation is sent once the order is being compensated, or its parcel was returned.
  confirmation: {
    write: confirmationMail,
    unless: ['cancelling', 'cancelled', 'rejected', 'undelivered'],
  },
  shipped: { write: shippingNotice, unless: ['cancelled', 'rejected', 'delivered', 'undelivered'] },
  delivery: { write: deliveryNotice, unless: ['cancelled', 'rejected', 'undelivered'] },
  undelivered: { write: failedDeliveryMail, unless: allBut('undelivered') },
  cancellation: { write: cancellationMail, unless: allBut('cancelled') },
  rejection: { write: rejectionMail, unless: allBut('rejected') },
};

/** The emails to a shopper about an order, each sent once. */
export class OrderEmails implements EmailActivities {
  constructor(
    private readonly refunds: RefundRepository,
    private readonly journal: EffectJournal,
    private readonly mailer: Mailer,
    private readonly shop: Shop,
  ) {}

  async sendConfirmation(orderId: OrderId): Promise<void> {
    await this.tell(orderId, 'confirmation');
  }

  async sendShippingNotice(orderId: OrderId): Promise<void> {
    await this.tell(orderId, 'shipped');
  }

  async sendDeliveryNotice(orderId: OrderId): Promise<void> {
    await this.tell(orderId, 'delivery');
  }

  async closeWithDeliveryNotice(orderId: OrderId): Promise<boolean> {
    let isClosed = false;
    await this.tell(orderId, 'delivery', (order) => {
      const closes = order.status === 'delivered' && order.closedAt === null;
      isClosed = closes || order.closedAt !== null;
      return closes ? { ...closing(order), followedBy: { type: 'order.closed', actor: 'workflow' } } : {};
    });
    return isClosed;
  }

  async sendFailedDeliveryNotice(orderId: OrderId): Promise<void> {
    await this.tell(orderId, 'undelivered');
  }

  async sendCancellationNotice(orderId: OrderId): Promise<void> {
    await this.tell(orderId, 'cancellation');
  }

  async sendRejectionNotice(orderId: OrderId): Promise<void> {
    await this.tell(orderId, 'rejection');
  }

  async sendRefundNotice(orderId: OrderId, refundId: string): Promise<void> {
    const refund = await this.refunds.find(refundId);
    if (refund === null) throw new Error(`no refund ${refundId}`);
    await this.send(
      orderId,
      refundEmailKey(orderId, refundId),
      { kind: 'refund', refund: refundId },
      (order) => refundMail(order, this.shop, refund),
    );
  }

  private async tell(
    orderId: OrderId,
    kind: EmailKind,
    also?: (order: OrderRecord) => AlsoChanged,
  ): Promise<void> {
    const { write, unless } = MAILS[kind];
    const mail = (order: MailedOrder) => write(order, this.shop);
    await this.send(orderId, emailKey(orderId, kind), { kind }, mail, { unless, also });
  }

  /**
   * A mail server has no lookup for sent mails, so an email in doubt is sent again under the same
   * Message-ID. A mail refused for good is recorded, and the order continues.
   */
  private async send(
    orderId: OrderId,
    key: string,
    details: { readonly kind: string; readonly refund?: string },
    write: (order: MailedOrder) => Mail,
    {
      unless,
      also,
    }: { unless?: readonly OrderStatus[]; also?: ((order: OrderRecord) => AlsoChanged) | undefined } = {},
  ): Promise<void> {
    await this.journal.run(orderId, {
      key,
      request: details,
      unless: { statuses: unless },
      act: (_, order) => this.mailer.send(write(addressed(order))),
      outcome: () => ({
        settlement: { state: 'done' },
        change: (order) => ({
          event: { type: 'email.sent', actor: 'workflow', details },
          ...(also ? also(order) : { atAnyVersion: true as const }),
        }),
      }),
      refused: (code) => ({
        event: { type: 'email.refused', actor: 'workflow', details: { ...details, reason: code } },
      }),
    });
  }
}

/** @throws Refusal `erased` where the order's person was erased */
const addressed = (order: OrderRecord) => ({
  ...order,
  customer: requirePersonalData(order.customer),
  shippingAddress: requirePersonalData(order.shippingAddress),
});

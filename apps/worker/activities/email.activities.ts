import type { EmailActivities } from '#libs/contracts/activities';
import type { Mailer } from '#libs/mail/mailer';
import { cancellationMail, confirmationMail, deliveryNotice } from '#libs/mail/order-mails';
import type { OrderId } from '#libs/order/order-id';
import type { OrderRecord } from '#libs/store/order-record';

import type { EffectJournal } from './effect-journal.js';
import { known } from './erased.js';

type Kind = keyof typeof MAILS;
const MAILS = {
  confirmation: confirmationMail,
  delivery: deliveryNotice,
  cancellation: cancellationMail,
} as const;

/** Steps 5 and 7, and the mail of an order that was cancelled. */
export class OrderEmails implements EmailActivities {
  constructor(
    private readonly journal: EffectJournal,
    private readonly mailer: Mailer,
  ) {}

  async sendConfirmation(orderId: OrderId): Promise<void> {
    await this.send(orderId, 'confirmation');
  }

  async sendDeliveryNotice(orderId: OrderId): Promise<void> {
    await this.send(orderId, 'delivery');
  }

  async sendCancellation(orderId: OrderId): Promise<void> {
    await this.send(orderId, 'cancellation');
  }

  /**
   * A mail server cannot be asked what became of a mail, so one in doubt is sent again under the same
   * Message-ID. A mail refused for good is recorded, and the order goes on.
   */
  private async send(orderId: OrderId, kind: Kind): Promise<void> {
    await this.journal.run(orderId, {
      key: `${orderId}:email:${kind}`,
      request: { kind },
      // Nobody is told that an order is confirmed once its parcel has come back.
      unless: 'undelivered',
      act: (_, order) => this.mailer.send(MAILS[kind](addressed(order))),
      outcome: () => ({
        settlement: { state: 'done' },
        change: () => ({ event: { type: 'email.sent', actor: 'workflow', details: { kind } } }),
      }),
      refused: (code) => ({
        event: { type: 'email.refused', actor: 'workflow', details: { kind, reason: code } },
      }),
    });
  }
}

/** @throws Refusal `erased` where nobody is left to write to */
const addressed = (order: OrderRecord) => ({
  ...order,
  customer: known(order.customer),
  shippingAddress: known(order.shippingAddress),
});

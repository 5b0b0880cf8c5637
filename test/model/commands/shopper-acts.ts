import fc from 'fast-check';

import { ClientSecretView } from '#libs/contracts/http/payment.api';

import { type Command, command } from '../command.js';
import { hasOrders, paidEnd, pickOrder } from '../model.js';

/** What the shopper's browser sends to the bank. */
const DOES = ['authenticate', 'authenticate', 'fail', 'abandon'] as const;

/** A shopper has to authenticate a payment, and does, or does not; without that request there is no page. */
export const shopperActs: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), does: fc.constantFrom(...DOES) })
  .map(({ pick, does }) =>
    command(
      `a shopper who is to act on a payment does this: ${does}`,
      async (model, real) => {
        const order = pickOrder(model, pick);
        const path = `/orders/${order.id}/payment/client-secret`;
        const { status, body } = await real.ask(() => real.system.http.get(path));
        if (status !== 200) {
          if (!['no_action_required', 'gateway_unavailable'].includes(body.code))
            throw new Error(`a client secret was answered ${status} ${body.code}`);
          return;
        }
        const { clientSecret } = ClientSecretView.parse(body);
        const intent = (await real.system.intents(order.id)).find(
          (each) => each.client_secret === clientSecret,
        );
        if (!intent) throw new Error(`the client secret of ${order.number} is no intent's of its own`);
        if (does === 'authenticate') order.mayEnd.add(paidEnd(order.draft));
        // It may have been canceled since.
        if (await real.control(`/payment-intents/${intent.id}/shopper`, { does }))
          model.came.add(`a shopper is asked to authenticate: ${does}`);
      },
      hasOrders,
    ),
  );

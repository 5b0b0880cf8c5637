import fc from 'fast-check';

import { anyCard, CARDS } from '../cards.js';
import { type Command, command } from '../command.js';
import { hasOrders, paidEnd, pickOrder } from '../model.js';

/** A shopper whose card was declined tries another one; where none was, the API refuses. */
export const tryAnotherMethod: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), method: anyCard, callers: fc.constantFrom(1, 1, 2) })
  .map(({ pick, method: tried, callers }) =>
    command(
      `${callers === 1 ? 'a shopper tries' : `${callers} callers at once try`} to pay with ${tried}`,
      async (model, real) => {
        const order = pickOrder(model, pick);
        const key = `attempt-${model.run}-${model.done.length}`;
        const path = `/orders/${order.id}/payment-attempts`;
        const attempt = () =>
          real.ask(() => real.system.http.post(path).set('Idempotency-Key', key).send({ method: tried }));
        const answers = await Promise.all(Array.from({ length: callers }, attempt));
        const codes = answers.map(({ status, body }) => (status === 202 ? 'taken' : body.code));
        if (codes.some((code) => code !== 'taken' && code !== 'payment_attempt_not_possible'))
          throw new Error(`an attempt to pay with ${tried} was answered ${codes.join(', ')}`);
        if (codes.includes('taken')) model.came.add('a second card is tried');
        if (codes.includes('taken') && CARDS[tried] === 'pays') order.mayEnd.add(paidEnd(order.draft));
      },
      hasOrders,
    ),
  );

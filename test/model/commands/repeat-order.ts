import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { hasOrders, pickOrder } from '../model.js';
import { ask } from './place-order.js';

/** A shop sends an order again, later: the same one is the answer, and another one under its key is refused. */
export const repeatOrder: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), same: fc.boolean() })
  .map(({ pick, same }) =>
    command(
      same
        ? 'an order is sent again under its key'
        : 'another order is sent under the key of one that exists',
      async (model, real) => {
        const { id, request } = pickOrder(model, pick);
        const { status, body } = await ask(
          real,
          same ? request : { ...request, body: { ...request.body, currency: 'USD' } },
        );
        const answer = same ? `${status} ${body.id}` : `${status} ${body.code}`;
        const right = same ? `202 ${id}` : '422 idempotency_key_reused';
        if (answer !== right) throw new Error(`an order sent again was answered ${answer}, not ${right}`);
      },
      hasOrders,
    ),
  );

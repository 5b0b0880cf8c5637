import fc from 'fast-check';

import { CancellationView } from '#libs/contracts/http/cancellation.api';

import { type Command, command } from '../command.js';
import { hasOrders, type ModelOrder, pickOrder } from '../model.js';
import type { Real } from '../real.js';

/** A shop requests the cancellation of an order in any state; perhaps twice at once. */
export const cancellation: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), callers: fc.constantFrom(1, 1, 2) })
  .map(({ pick, callers }) =>
    command(
      `${callers === 1 ? 'a caller requests' : `${callers} callers at once request`} the cancellation of an order`,
      async (model, real) => {
        const order = pickOrder(model, pick);
        await Promise.all(Array.from({ length: callers }, () => requestCancellation(order, real)));
      },
      hasOrders,
    ),
  );

/** @throws Error when the request is not accepted */
export async function requestCancellation(order: ModelOrder, real: Real): Promise<void> {
  order.mayEnd.add('cancelled');
  order.wasToBeCancelled = true;
  const { status, body, text } = await real.ask(() =>
    real.system.http.post(`/orders/${order.id}/cancellation`).send({}),
  );
  if (status !== 202) throw new Error(`a request to cancel was answered ${status} ${text}`);
  CancellationView.parse(body);
}

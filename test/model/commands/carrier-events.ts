import fc from 'fast-check';

import { CARRIER_EVENTS, type CarrierEventType } from '#libs/domain/fulfilment/carrier-event';

import { type Command, command } from '../command.js';
import { hasOrders, pickOrder } from '../model.js';

const type = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...CARRIER_EVENTS) },
  // The most frequent events.
  { weight: 3, arbitrary: fc.constantFrom('shipment.picked_up', 'shipment.delivered') },
) satisfies fc.Arbitrary<CarrierEventType>;

/** An event happens to a parcel, if there is one; the carrier reports it by webhook, even if unknown here. */
export const parcelMoves: fc.Arbitrary<Command> = fc.record({ pick: fc.nat(), type }).map((drawn) =>
  command(
    `the carrier reports ${drawn.type}`,
    async (model, real) => {
      const order = pickOrder(model, drawn.pick);
      const parcel = await real.parcelOf(order.id);
      if (!parcel) return;
      if (drawn.type === 'shipment.returned') order.mayEnd.add('undelivered');
      await real.happens(parcel.trackingNumber, drawn.type);
    },
    hasOrders,
  ),
);

/** The carrier repeats its events, in another order. */
export const eventsRepeat: fc.Arbitrary<Command> = fc
  .record({ pick: fc.nat(), copies: fc.integer({ min: 1, max: 3 }), backwards: fc.boolean() })
  .map(({ pick, copies, backwards }) =>
    command(
      `the carrier sends all events of a parcel again, ${copies} times${backwards ? ', backwards' : ''}`,
      async (model, real) => {
        const parcel = await real.parcelOf(pickOrder(model, pick).id);
        if (!parcel) return;
        const events = backwards ? parcel.events.toReversed() : parcel.events;
        const again = Array.from({ length: copies }, () => events).flat();
        await Promise.all(
          again.map((event) => real.deliver(event.id, { ...event, trackingNumber: parcel.trackingNumber })),
        );
      },
      hasOrders,
    ),
  );

/** The carrier reports a parcel of no order. */
export const strangeParcel: fc.Arbitrary<Command> = type.map((drawn) =>
  command(`the carrier reports ${drawn} of a parcel that is not ours`, async (model, real) => {
    const name = `${model.run}-${model.done.length}`;
    await real.deliver(`strange-${name}`, {
      type: drawn,
      trackingNumber: `TRK-${name}`,
      occurredAt: new Date().toISOString(),
    });
  }),
);

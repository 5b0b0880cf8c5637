declare const brand: unique symbol;

/** A UUIDv7 that names an order. Branded, so that no other string passes for one. */
export type OrderId = string & { readonly [brand]: 'OrderId' };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isOrderId(value: string): value is OrderId {
  return UUID.test(value);
}

/** Takes a string that some edge of the system has received. @throws RangeError if it is not a lower-case UUID. */
export function orderId(value: string): OrderId {
  if (!isOrderId(value)) throw new RangeError('an order id is a lower-case UUID');
  return value;
}

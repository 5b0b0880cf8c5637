declare const brand: unique symbol;

/** A UUIDv7 that names an order. Branded, so that no other string passes for one. */
export type OrderId = string & { readonly [brand]: 'OrderId' };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isOrderId(value: string): value is OrderId {
  return UUID.test(value);
}

/** When an order was accepted: a UUIDv7 begins with that (RFC 9562, 5.7). Milliseconds since 1970. */
export function orderTime(id: OrderId): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Takes a string that some edge of the system has received. @throws RangeError if it is not a lower-case UUID. */
export function orderId(value: string): OrderId {
  if (!isOrderId(value)) throw new RangeError('an order id is a lower-case UUID');
  return value;
}

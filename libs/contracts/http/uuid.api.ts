import { z } from 'zod';

import { orderId } from '#libs/domain/order/order-id';

/** Accepted in any case (RFC 9562, section 4), stored in lower case. */
export const Uuid = z.uuid('must be a UUID').toLowerCase();

export const OrderUuid = Uuid.transform(orderId);

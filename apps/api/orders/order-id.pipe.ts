import { Injectable, type PipeTransform } from '@nestjs/common';

import { isOrderId, type OrderId } from '#libs/order/order-id';

import { ProblemError } from '../http/problem-error.js';

/** Takes the id in any case (RFC 9562, section 4). What is no UUID names no order. */
@Injectable()
export class OrderIdPipe implements PipeTransform<string, OrderId> {
  transform(value: string): OrderId {
    const id = value.toLowerCase();
    if (!isOrderId(id)) throw new ProblemError('order_not_found');
    return id;
  }
}

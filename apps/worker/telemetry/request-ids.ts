import { type OrderId, orderId } from '#libs/domain/order/order-id';
import type { OrderListener } from '#libs/persistence/orders/order-listener';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import { type LogContext, logContext } from '#libs/telemetry/log-context';

/** How many orders, and how many runs, are remembered. */
const REMEMBERED = 10_000;

const ORDER_RUN = /^(?:order|payment-sync)-([0-9a-f-]{36})$/;

/** Which request placed an order: known once the order was read, and remembered for the lines that are logged about it. */
export class RequestIds implements Pick<OrderListener, 'read'> {
  private readonly requests = new Map<string, string | null>();
  private readonly runs = new Map<string, OrderId>();

  /** Remembers it, and completes the context of the lines that are logged meanwhile, where they are about the order. */
  read({ id, requestId }: Pick<OrderRecord, 'id' | 'requestId'>): void {
    remember(this.requests, id, requestId);
    const context = logContext();
    if (context?.orderId === id && requestId !== null) context.reqId = requestId;
  }

  /** Remembers which order a run belongs to, where its id does not say it. */
  sawRun(workflowId: string, order: OrderId): void {
    if (!ORDER_RUN.test(workflowId)) remember(this.runs, workflowId, order);
  }

  /** The order of a run and the request that placed it, as far as they are known here. */
  ofRun(workflowId: unknown): LogContext {
    if (typeof workflowId !== 'string') return {};
    const named = ORDER_RUN.exec(workflowId)?.[1];
    const order = named === undefined ? this.runs.get(workflowId) : orderId(named);
    return order === undefined ? {} : this.ofOrder(order);
  }

  /** An order and the request that placed it, as far as that is known here. */
  ofOrder(order: OrderId): LogContext {
    const reqId = this.requests.get(order);
    return { orderId: order, ...(reqId ? { reqId } : {}) };
  }
}

/** The oldest makes room. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}

import { type OrderId, orderId } from '#libs/domain/order/order-id';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import type { LogContext } from '#libs/telemetry/log-context';

/** How many orders, and how many runs, are remembered. */
const REMEMBERED = 10_000;

const ORDER_RUN = /^(?:order|payment-sync)-([0-9a-f-]{36})$/;

/** Which request placed an order: read once, and remembered for the lines that are logged about it. */
export class RequestIds {
  private readonly requests = new Map<string, string | null>();
  private readonly runs = new Map<string, OrderId>();

  constructor(private readonly orders: Pick<OrderRepository, 'requestIdOf'>) {}

  /** Completes a context with the request that placed its order, as soon as that is known. */
  async complete(context: LogContext & { readonly orderId: OrderId }): Promise<void> {
    const known = this.requests.get(context.orderId);
    // A line without it is better than a step that fails for it.
    const id =
      known === undefined ? await this.orders.requestIdOf(context.orderId).catch(() => undefined) : known;
    if (id === undefined) return;
    remember(this.requests, context.orderId, id);
    if (id !== null) context.reqId = id;
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
    if (order === undefined) return {};
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

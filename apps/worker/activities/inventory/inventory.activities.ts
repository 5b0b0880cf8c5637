import type { StepActivities } from '#libs/contracts/workflows/activities';
import type { EffectToBegin } from '#libs/domain/order/effect';
import { Refusal } from '#libs/domain/order/failure';
import type { OrderId } from '#libs/domain/order/order-id';
import type { Begun } from '#libs/persistence/effects/effect.repository';
import type { CatalogueRepository, Product } from '#libs/persistence/stock/catalogue.repository';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { OrderRepository } from '#libs/persistence/orders/order.repository';
import { reserveKey, type StockRepository } from '#libs/persistence/stock/stock.repository';

import type { EffectJournal } from '../effect-journal.js';

const releaseKey = (orderId: OrderId) => `${orderId}:release`;

/** Steps 1 and 2: validates the order, and reserves its goods. */
export class InventoryActivities implements Pick<
  StepActivities,
  'validateOrder' | 'reserveStock' | 'validateAndReserve' | 'releaseStock'
> {
  constructor(
    private readonly orders: OrderRepository,
    private readonly journal: EffectJournal,
    private readonly stock: StockRepository,
    private readonly catalogue: CatalogueRepository,
    /** Countries that are shipped to; empty means all. */
    private readonly shipTo: readonly string[],
  ) {}

  async validateOrder(orderId: OrderId): Promise<string> {
    return (await this.validated(orderId)).number;
  }

  async reserveStock(orderId: OrderId): Promise<void> {
    await this.reserve(await this.orders.get(orderId));
  }

  async validateAndReserve(orderId: OrderId): Promise<string> {
    return (await this.reserveValidated(orderId)).order.number;
  }

  /**
   * Validates and reserves an order that is to be charged at once, by one statement while nothing else has changed it.
   *
   * @param first the effect of what follows at once, which begins with the reservation
   * @returns the order as it was read before, and that effect, where it has begun
   */
  async reserveToCharge(
    orderId: OrderId,
    first: (order: OrderRecord) => EffectToBegin | undefined,
  ): Promise<{ readonly order: OrderRecord; readonly begun: Begun | null }> {
    return (
      (await this.stock.reserveFirst(orderId, this.shipTo)) ?? (await this.reserveValidated(orderId, first))
    );
  }

  private async reserveValidated(
    orderId: OrderId,
    first?: (order: OrderRecord) => EffectToBegin | undefined,
  ): Promise<{ readonly order: OrderRecord; readonly begun: Begun | null }> {
    const order = await this.validated(orderId);
    return { order, begun: await this.reserve(order, first?.(order)) };
  }

  async releaseStock(orderId: OrderId) {
    const order = await this.orders.get(orderId);
    if (order.fulfilment === 'released') this.journal.alreadyProcessed(orderId, releaseKey(orderId));
    else await this.stock.release(order);
    return 'compensated' as const;
  }

  /** @throws Refusal `invalid` */
  private async validated(orderId: OrderId): Promise<OrderRecord> {
    const { order, products } = await this.catalogue.findForOrder(orderId);
    // What an earlier attempt has reserved was valid, and may be paid by now.
    if (order.fulfilment !== 'none') return order;
    const errors = [...lineErrors(order, products), ...addressErrors(order, this.shipTo)];
    if (errors.length === 0) return order;
    await this.orders.change(order, (current) =>
      current.status === 'pending'
        ? { event: { type: 'order.invalid', actor: 'workflow', details: { errors } } }
        : null,
    );
    throw new Refusal('invalid');
  }

  /** @throws Refusal `out_of_stock`, or `closed` where a compensation came first */
  private async reserve(order: OrderRecord, begins?: EffectToBegin): Promise<Begun | null> {
    const { policy } = order;
    const { is: answer, begun } = await this.stock.reserveAndBegin(order, policy.graceBeforeCharge, begins);
    if (answer === 'out_of_stock' || answer === 'closed') throw new Refusal(answer);
    if (answer === 'already') this.journal.alreadyProcessed(order.id, reserveKey(order.id));
    return begun;
  }
}

/** Which lines cannot be sold, by SKU. The catalogue may have changed since the order was accepted. */
function lineErrors(order: OrderRecord, products: readonly Product[]): string[] {
  return order.lines.flatMap(({ sku }) => {
    const product = products.find((candidate) => candidate.sku === sku);
    if (!product) return [`${sku}: gone`];
    if (!product.sellable) return [`${sku}: not_sellable`];
    return product.currency === order.currency ? [] : [`${sku}: other_currency`];
  });
}

function addressErrors(order: OrderRecord, shipTo: readonly string[]): string[] {
  const { shippingAddress } = order;
  if (shippingAddress === null) return ['erased'];
  return shipTo.length === 0 || shipTo.includes(shippingAddress.country) ? [] : ['country_not_served'];
}

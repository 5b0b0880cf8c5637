import { randomBytes, randomUUID } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { WORKFLOW_VERSIONS } from '#libs/contracts/workflows/workflow-version';
import { orderId, type OrderId } from '#libs/domain/order/order-id';
import { orderNumber } from '#libs/domain/order/order-number';
import type { OrderPolicy } from '#libs/domain/order/policy';
import { totalsOf } from '#libs/domain/money/totals';
import type { Address, Customer } from '#libs/persistence/orders/order-record';
import type { NewOrder } from '#libs/persistence/orders/order.repository';
import type { Store } from '#libs/persistence/store';

/** Few attempts, so that a test of a parked step is short. */
export const TEST_POLICY: OrderPolicy = {
  reservationTtl: 30_000,
  graceBeforeCharge: 0,
  captureMode: 'immediate',
  paymentWindow: 20_000,
  declineWindow: 0,
  deliveryDeadline: 60_000,
  retry: { attempts: 3, initial: 50, max: 200 },
  workflowVersion: WORKFLOW_VERSIONS.newOrders,
};

export const CATALOGUE = [
  { sku: 'MUG-BLUE', name: 'Blue mug', currency: 'EUR', unitPrice: 1990, sellable: true, stock: 1000 },
  { sku: 'TEA-GREEN', name: 'Green tea', currency: 'EUR', unitPrice: 850, sellable: true, stock: 500 },
  { sku: 'LAST-ONE', name: 'The last one', currency: 'EUR', unitPrice: 4900, sellable: true, stock: 1 },
  { sku: 'SOLD-OUT', name: 'Sold out', currency: 'EUR', unitPrice: 1200, sellable: true, stock: 0 },
  { sku: 'RETIRED', name: 'No longer sold', currency: 'EUR', unitPrice: 900, sellable: false, stock: 5 },
  { sku: 'GIFT', name: 'A gift', currency: 'EUR', unitPrice: 0, sellable: true, stock: 50 },
] as const;

/** The customer in tests. No two orders have the same email address. */
export const CUSTOMER = {
  name: 'Ottoline Featherstonehaugh',
  email: (id: OrderId) => `ottoline-${id}@example.com`,
  shippingAddress: {
    line1: '12 St James Square',
    line2: 'Beneath the Clockmaker',
    city: 'Llanfairpwll',
    postalCode: 'SW1Y 4JH',
    country: 'GB',
    phone: '+44 1632 960142',
  },
} as const;

export interface Wanted {
  readonly lines?: readonly { sku: string; quantity: number }[];
  readonly method?: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly policy?: Partial<OrderPolicy>;
  readonly customer?: Customer;
  readonly billingAddress?: Address;
  /** What each unit costs, instead of the catalogue's price in euros. */
  readonly price?: { readonly unitPrice: number; readonly currency: string };
}

/** Stores an order as the API does, without an API. */
export async function acceptOrder(store: Store, wanted: Wanted = {}): Promise<NewOrder & { id: OrderId }> {
  const lines = (wanted.lines ?? [{ sku: 'MUG-BLUE', quantity: 2 }]).map(({ sku, quantity }) => {
    const product = CATALOGUE.find((entry) => entry.sku === sku);
    return {
      id: uuidv7(),
      sku,
      quantity,
      name: product?.name ?? sku,
      unitPrice: wanted.price?.unitPrice ?? product?.unitPrice ?? 0,
      taxRate: 0,
    };
  });
  const id = orderId(uuidv7());
  const currency = wanted.price?.currency ?? 'EUR';
  const order: NewOrder = {
    id,
    number: orderNumber(randomBytes(8)),
    customer: wanted.customer ?? { name: CUSTOMER.name, email: CUSTOMER.email(id) },
    shippingAddress: {
      ...CUSTOMER.shippingAddress,
      postalCode: wanted.postalCode ?? CUSTOMER.shippingAddress.postalCode,
      country: wanted.country ?? CUSTOMER.shippingAddress.country,
    },
    billingAddress: wanted.billingAddress,
    currency,
    lines,
    totals: totalsOf(lines, 0, currency),
    paymentMethod: wanted.method ?? 'pm_card_visa',
    policy: { ...TEST_POLICY, ...wanted.policy },
  };
  const request = { principal: 'tests', operation: 'POST /orders', key: randomUUID(), requestHash: '' };
  if (!(await store.orders.accept(order, request))) throw new Error('a new key was taken');
  return order;
}

/** Where the mails of an order go. */
export function emailOf({ customer }: { readonly customer: { readonly email: string } | null }): string {
  if (customer === null) throw new Error('the customer was erased');
  return customer.email;
}

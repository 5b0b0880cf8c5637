import type { EndReason } from '#libs/domain/order/end';
import type { Booked } from '#libs/domain/ledger/ledger';
import type { OrderId } from '#libs/domain/order/order-id';
import type { PricedLine, Totals } from '#libs/domain/money/totals';
import { addressLines, type PostalAddress } from '#libs/places/postal-address';

import { isolated } from './isolation.js';
import type { MailContent } from './mail-content.js';

/** The fields of an order that its mails show. Prices are minor units. */
export interface MailedOrder {
  readonly id: OrderId;
  readonly number: string;
  readonly customer: { readonly name: string; readonly email: string };
  readonly shippingAddress: PostalAddress;
  readonly currency: string;
  readonly lines: readonly (PricedLine & { readonly name: string })[];
  readonly totals: Totals;
  /** May be empty. */
  readonly shipments: readonly {
    readonly carrier: string;
    readonly trackingNumber: string;
    readonly trackingUrl: string | null;
  }[];
  readonly booked: Booked;
  readonly endReason: EndReason | null;
}

/** A name with a line break in it must not look like a second line, nor like a header. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** A customer's or merchant's text within ours. */
export const said = (text: string): string => isolated(oneLine(text));

export const greeting = ({ customer }: MailedOrder): string => `Hello ${said(customer.name)},`;

/** What was bought, without prices. */
export const items = ({ lines }: MailedOrder): MailContent['items'] =>
  lines.map((line) => ({ ...named(line), detail: line.sku, price: null }));

export const named = (line: MailedOrder['lines'][number]) => ({
  quantity: String(line.quantity),
  name: said(line.name),
});

/** The parcel in transit: the one that was made last. */
const parcelOf = ({ shipments }: MailedOrder) => shipments.at(-1);

export function tracking(order: MailedOrder): MailContent['facts'] {
  const parcel = parcelOf(order);
  if (parcel === undefined) return [];
  return [{ label: 'Tracking number', lines: [`${said(parcel.trackingNumber)} (${said(parcel.carrier)})`] }];
}

/** The carrier's page, where it has one. */
export function trackingLink(order: MailedOrder): Pick<MailContent, 'link'> {
  const url = parcelOf(order)?.trackingUrl ?? null;
  return url === null ? {} : { link: { label: 'Track your parcel', url } };
}

export function deliveryAddress({ customer, shippingAddress }: MailedOrder): MailContent['facts'][number] {
  const { line1, line2, city, postalCode, region, country } = shippingAddress;
  const lines = addressLines(said(customer.name), {
    line1: said(line1),
    ...(line2 === undefined ? {} : { line2: said(line2) }),
    city: said(city),
    ...(postalCode === undefined ? {} : { postalCode: said(postalCode) }),
    ...(region === undefined ? {} : { region: said(region) }),
    country,
  });
  return { label: 'Delivery address', lines };
}

import type { LedgerRow, OrderRow, StockRow } from './books.js';
import type { GatewayHoldings } from './gateway-records.js';
import type { Purchase } from './shop.js';
import type { Stage } from './stage.js';

/** An order of the demo, to be asked about once it is over. */
export interface Placed {
  /** The act's number. */
  readonly act: number;
  readonly id: string;
  readonly number: string;
  readonly purchase: Purchase;
  /** Before it was placed. */
  readonly stock: StockRow;
}

/** What each of the parties holds of one order, asked of each of them. */
export interface Evidence {
  readonly placed: Placed;
  readonly gateway: GatewayHoldings;
  readonly order: OrderRow;
  readonly ledger: LedgerRow;
  readonly stock: StockRow;
  /** The status of each parcel. */
  readonly parcels: readonly string[];
  /** The kind of each mail. */
  readonly mails: readonly string[];
}

export async function gather(stage: Stage, placed: Placed): Promise<Evidence> {
  const [gateway, order, ledger, stock, parcels, mails] = await Promise.all([
    stage.gateway.of(placed.id),
    stage.books.order(placed.id),
    stage.books.ledger(placed.id),
    stage.books.stock(placed.purchase.sku),
    stage.carrier.of(placed.id),
    stage.mailbox.of(placed.purchase.email),
  ]);
  return { placed, gateway, order, ledger, stock, parcels, mails };
}

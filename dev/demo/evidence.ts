import type { LedgerRow, OrderRow, StockRow } from './database-records.js';
import type { GatewayRecord } from '../clients/gateway-records.js';
import type { Purchase } from '../clients/shop.js';
import type { DemoSystem } from './demo-system.js';

/** An order that an act placed. */
export interface PlacedOrder {
  /** The act's number. */
  readonly act: number;
  readonly id: string;
  readonly number: string;
  readonly purchase: Purchase;
  /** Before it was placed. */
  readonly stock: StockRow;
}

/** What the gateway, the database, the carrier and the mailbox have of one order. */
export interface Evidence {
  readonly placed: PlacedOrder;
  readonly gateway: GatewayRecord;
  readonly order: OrderRow;
  readonly ledger: LedgerRow;
  readonly stock: StockRow;
  /** The status of each parcel. */
  readonly parcels: readonly string[];
  /** The kind of each mail. */
  readonly mails: readonly string[];
}

export async function collectEvidence(system: DemoSystem, placed: PlacedOrder): Promise<Evidence> {
  const [gateway, order, ledger, stock, parcels, mails] = await Promise.all([
    system.gateway.of(placed.id),
    system.database.order(placed.id),
    system.database.ledger(placed.id),
    system.database.stock(placed.purchase.sku),
    system.carrier.of(placed.id),
    system.mailbox.of(placed.purchase.email),
  ]);
  return { placed, gateway, order, ledger, stock, parcels, mails };
}

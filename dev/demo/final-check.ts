import { formatPrice } from '#libs/mail/price';

import type { SumsRow } from './database-records.js';
import type { DemoReport } from './demo-report.js';
import type { DemoSystem } from './demo-system.js';
import { collectEvidence, type PlacedOrder } from './evidence.js';
import { counted } from './evidence-text.js';
import { finalTable } from './final-table.js';

interface Sums extends SumsRow {
  readonly charged: number;
  readonly refunded: number;
  readonly deliveries: number;
  readonly cancellations: number;
}

/** What must be true of all orders together; what belongs to none of them would show here. */
const CLAIMS: readonly { text: string; holds(sums: Sums): boolean; seen(sums: Sums): string }[] = [
  {
    text: 'The gateway and the database agree on the money',
    holds: ({ charged, refunded, paid, returned }) => charged === paid && refunded === returned,
    seen: ({ charged, refunded, paid, returned }) =>
      `gateway ${price(charged)} less ${price(refunded)}, database ${price(paid)} less ${price(returned)}`,
  },
  {
    text: 'Every transaction of the ledger sums to zero, and its gateway account is what the gateway has',
    holds: ({ transactions, unbalanced, gateway, charged, refunded }) =>
      transactions > 0 && unbalanced === 0 && gateway === charged - refunded,
    seen: ({ transactions, unbalanced, gateway }) =>
      `${counted(transactions, 'transaction')}, ${unbalanced} out of balance, gateway account ${price(gateway)}`,
  },
  {
    text: 'The stock adds up',
    holds: ({ wrongStock, held }) => wrongStock === 0 && held === 0,
    seen: ({ wrongStock, held }) =>
      `${wrongStock} products differ from the sum of their movements, ${held} pieces are still held`,
  },
  {
    text: 'One mail at the end of each order',
    holds: ({ deliveries, cancellations, delivered, cancelled }) =>
      deliveries === delivered && cancellations === cancelled,
    seen: ({ deliveries, cancellations, delivered, cancelled }) =>
      `${deliveries} of deliveries and ${cancellations} of cancellations, ${counted(delivered, 'delivered order')}, ${counted(cancelled, 'cancelled one')}`,
  },
  {
    text: 'Nothing is left to do',
    holds: ({ unfinished }) => unfinished === 0,
    seen: ({ unfinished }) => `${unfinished} orders, attentions and discrepancies are open`,
  },
];

/** Collects the evidence of every order once more, shows it, and checks the sums over all orders. */
export async function finalCheck(
  system: DemoSystem,
  report: DemoReport,
  placed: readonly PlacedOrder[],
): Promise<void> {
  const evidence = await Promise.all(placed.map((each) => collectEvidence(system, each)));
  report.heading('What each party has at the end', []);
  report.lines(finalTable(evidence));
  const [gateway, database, mails] = await Promise.all([
    system.gateway.sums(),
    system.database.sums(),
    system.mailbox.kinds(),
  ]);
  const count = (kind: string) => mails.filter((mail) => mail === kind).length;
  const sums: Sums = {
    ...gateway,
    ...database,
    deliveries: count('delivery'),
    cancellations: count('cancellation'),
  };
  for (const { text, holds, seen } of CLAIMS) report.claim(text, holds(sums), seen(sums));
}

/** The demo's shop sells in euros only. */
const price = (amount: number) => formatPrice(amount, 'EUR');

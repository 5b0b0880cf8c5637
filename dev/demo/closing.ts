import { formatPrice } from '#libs/mail/price';

import type { SumsRow } from './books.js';
import { gather, type Placed } from './evidence.js';
import { closingTable } from './closing-table.js';
import { counted } from './holdings.js';
import type { Stage } from './stage.js';
import type { Story } from './story.js';

interface Sums extends SumsRow {
  readonly charged: number;
  readonly refunded: number;
  readonly deliveries: number;
  readonly cancellations: number;
}

/** What is so of all orders together; what belongs to none of them would show here. */
const CLAIMS: readonly { says: string; holds(sums: Sums): boolean; seen(sums: Sums): string }[] = [
  {
    says: 'The gateway and the database agree on the money',
    holds: ({ charged, refunded, paid, returned }) => charged === paid && refunded === returned,
    seen: ({ charged, refunded, paid, returned }) =>
      `gateway ${price(charged)} less ${price(refunded)}, database ${price(paid)} less ${price(returned)}`,
  },
  {
    says: 'Every transaction of the ledger sums to zero, and its gateway account is what the gateway has',
    holds: ({ transactions, unbalanced, gateway, charged, refunded }) =>
      transactions > 0 && unbalanced === 0 && gateway === charged - refunded,
    seen: ({ transactions, unbalanced, gateway }) =>
      `${counted(transactions, 'transaction')}, ${unbalanced} out of balance, gateway account ${price(gateway)}`,
  },
  {
    says: 'The stock adds up',
    holds: ({ wrongStock, held }) => wrongStock === 0 && held === 0,
    seen: ({ wrongStock, held }) =>
      `${wrongStock} products differ from the sum of their movements, ${held} pieces are still held`,
  },
  {
    says: 'One mail at the end of each order',
    holds: ({ deliveries, cancellations, delivered, cancelled }) =>
      deliveries === delivered && cancellations === cancelled,
    seen: ({ deliveries, cancellations, delivered, cancelled }) =>
      `${deliveries} of deliveries and ${cancellations} of cancellations, ${counted(delivered, 'delivered order')}, ${counted(cancelled, 'cancelled one')}`,
  },
  {
    says: 'Nothing is left to do',
    holds: ({ unfinished }) => unfinished === 0,
    seen: ({ unfinished }) => `${unfinished} orders, attentions and discrepancies are open`,
  },
];

/** Asks everybody once more, at the end, and shows it. */
export async function close(stage: Stage, story: Story, placed: readonly Placed[]): Promise<void> {
  const evidence = await Promise.all(placed.map((each) => gather(stage, each)));
  story.opens('What everybody holds in the end', []);
  story.shows(closingTable(evidence));
  const [gateway, books, mails] = await Promise.all([
    stage.gateway.sums(),
    stage.books.sums(),
    stage.mailbox.kinds(),
  ]);
  const count = (kind: string) => mails.filter((mail) => mail === kind).length;
  const sums: Sums = {
    ...gateway,
    ...books,
    deliveries: count('delivery'),
    cancellations: count('cancellation'),
  };
  for (const { says, holds, seen } of CLAIMS) story.claims(says, holds(sums), seen(sums));
}

/** The demo's shop sells in euros only. */
const price = (amount: number) => formatPrice(amount, 'EUR');

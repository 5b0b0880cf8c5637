import { formatPrice } from '#libs/mail/price';

import type { SumsRow } from './books.js';
import { type Evidence, gather, type Placed } from './evidence.js';
import { counted, databaseHolds, gatewayHolds, mailboxHolds, stockHolds } from './holdings.js';
import type { Stage } from './stage.js';
import type { Story } from './story.js';
import { table } from './table.js';

const COLUMNS: readonly { readonly title: string; readonly cell: (evidence: Evidence) => string }[] = [
  { title: 'act', cell: ({ placed }) => String(placed.act) },
  { title: 'order', cell: ({ placed }) => placed.number },
  { title: 'gateway', cell: gatewayHolds },
  { title: 'database', cell: databaseHolds },
  { title: 'stock', cell: stockHolds },
  { title: 'mailbox', cell: mailboxHolds },
];

interface Sums extends SumsRow {
  readonly charged: number;
  readonly refunded: number;
  readonly mails: number;
}

/** What is so of all orders together; what belongs to none of them would show here. */
const CLAIMS: readonly { says: string; holds(sums: Sums): boolean; seen(sums: Sums): string }[] = [
  {
    says: 'The gateway and the books agree on the money',
    holds: ({ charged, refunded, paid, returned }) => charged === paid && refunded === returned,
    seen: ({ charged, refunded, paid, returned }) =>
      `gateway ${price(charged)} − ${price(refunded)}, books ${price(paid)} − ${price(returned)}`,
  },
  {
    says: 'The stock adds up',
    holds: ({ wrongStock, held }) => wrongStock === 0 && held === 0,
    seen: ({ wrongStock, held }) =>
      `${counted(wrongStock, 'product')} off from its movements, ${counted(held, 'piece')} held for nobody`,
  },
  {
    says: 'Two mails for each delivered order, none for another',
    holds: ({ mails, delivered }) => mails === 2 * delivered,
    seen: ({ mails, delivered }) => `${counted(mails, 'mail')}, ${counted(delivered, 'delivered order')}`,
  },
  {
    says: 'Nothing is left to do',
    holds: ({ unfinished }) => unfinished === 0,
    seen: ({ unfinished }) => `${counted(unfinished, 'order')} open or waiting for a person`,
  },
];

/** Asks everybody once more, at the end, and shows it. */
export async function close(stage: Stage, story: Story, placed: readonly Placed[]): Promise<void> {
  const evidence = await Promise.all(placed.map((each) => gather(stage, each)));
  story.opens('What everybody holds in the end', []);
  story.shows(
    table(
      COLUMNS.map(({ title }) => title),
      evidence.map((each) => COLUMNS.map(({ cell }) => cell(each))),
    ),
  );
  const [gateway, books, mails] = await Promise.all([
    stage.gateway.sums(),
    stage.books.sums(),
    stage.mailbox.count(),
  ]);
  const sums: Sums = { ...gateway, ...books, mails };
  for (const { says, holds, seen } of CLAIMS) story.claims(says, holds(sums), seen(sums));
}

/** The demo's shop sells in euros only. */
const price = (amount: number) => formatPrice(amount, 'EUR');

import { formatPrice } from '#libs/mail/price';

import type { Evidence } from './evidence.js';

interface Row {
  /** Whose record it is; blank where it is the same as above. */
  readonly party: string;
  readonly what: string;
  cell(evidence: Evidence): string;
}

/** One column for each order. */
const ROWS: readonly Row[] = [
  { party: '', what: '', cell: ({ placed }) => `Act ${placed.act}` },
  { party: '', what: '', cell: ({ placed }) => placed.number },
  { party: 'Gateway', what: 'intents', cell: ({ gateway }) => many(gateway.intents) },
  { party: '', what: 'charges', cell: ({ gateway, order }) => amounts(gateway.charges, order.currency) },
  { party: '', what: 'refunds', cell: ({ gateway, order }) => amounts(gateway.refunds, order.currency) },
  { party: 'Database', what: 'order', cell: ({ order }) => order.status },
  { party: '', what: 'payment', cell: ({ order }) => order.payment },
  { party: '', what: 'ledger', cell: ({ ledger, order }) => formatPrice(ledger.gateway, order.currency) },
  { party: '', what: 'fulfilment', cell: ({ order }) => order.fulfilment },
  { party: '', what: 'stock', cell: ({ placed, stock }) => `${placed.stock.onHand} → ${stock.onHand}` },
  { party: '', what: 'of it held', cell: ({ stock }) => many(stock.reserved) },
  { party: 'Mailbox', what: 'confirmation', cell: ({ mails }) => many(countOf(mails, 'confirmation')) },
  { party: '', what: 'shipped', cell: ({ mails }) => many(countOf(mails, 'shipped')) },
  { party: '', what: 'delivery', cell: ({ mails }) => many(countOf(mails, 'delivery')) },
  { party: '', what: 'cancellation', cell: ({ mails }) => many(countOf(mails, 'cancellation')) },
  { party: '', what: 'refund', cell: ({ mails }) => many(countOf(mails, 'refund')) },
];

/** How many orders are side by side, so that it fits a terminal. */
const ORDERS_IN_A_ROW = 5;

/** What the gateway, the database and the mailbox have, side by side, as lines. */
export function finalTable(evidence: readonly Evidence[]): string[] {
  const blocks = Array.from({ length: Math.ceil(evidence.length / ORDERS_IN_A_ROW) }, (_, block) =>
    blockOf(evidence.slice(block * ORDERS_IN_A_ROW, (block + 1) * ORDERS_IN_A_ROW)),
  );
  return blocks.flatMap((lines, block) => (block === 0 ? lines : ['', ...lines]));
}

function blockOf(evidence: readonly Evidence[]): string[] {
  const rows = ROWS.map(({ party, what, cell }) => [party, what, ...evidence.map((each) => cell(each))]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

const NONE = '–';

const many = (count: number) => (count === 0 ? NONE : String(count));

const countOf = (mails: readonly string[], kind: string) => mails.filter((mail) => mail === kind).length;

const amounts = (each: readonly number[], currency: string) =>
  each.map((amount) => formatPrice(amount, currency)).join(' + ') || NONE;

import { defineCommand } from '#libs/command/command-line';
import { duration, required, withDefault } from '#libs/command/option';
import type { ReconcileResult } from '#libs/contracts/workflows/reconcile-workflow';
import type { FindingRecord } from '#libs/persistence/reconciliation/finding.repository';

export const RECONCILE = defineCommand({
  name: 'npm run reconcile --',
  about: [
    'Compares the books with the payment provider’s now, and shows every finding that is open. Ends with 0 where the',
    'books agree, and with 3 where they differ. It needs a worker.',
  ],
  options: {
    since: required(duration(), 'how far back money may have moved that is compared, such as 24h or 30d'),
    settle: withDefault(
      duration(),
      '10m',
      'what moved this recently is left out, as it may still be on its way',
    ),
  },
});

/** The exit code where the books differ; 1 and 2 are those of a failure and of a wrong command line. */
export const BOOKS_DIFFER = 3;

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** How much was compared, in a sentence, so that "the books agree" says of what. */
export function comparedText({ since, until, moved, booked, examined, open }: ReconcileResult): string {
  return (
    `${new Date(since).toISOString()} to ${new Date(until).toISOString()}: ` +
    `${count(moved, 'movement')} at the payment provider and ${count(booked, 'entry', 'entries')} of ours compared, ` +
    `${count(examined, 'order')} looked into one by one, ${count(open, 'finding')} open`
  );
}

const COLUMNS = ['kind', 'object', 'order', 'expected', 'found', 'since'];

/** Findings as a table for people. */
export function findingsTable(findings: readonly FindingRecord[]): string {
  const rows = findings.map(({ kind, objectId, orderNumber, expected, found, currency, openedAt }) => [
    kind,
    objectId,
    orderNumber ?? '-',
    `${expected} ${currency}`,
    `${found} ${currency}`,
    openedAt,
  ]);
  const all = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

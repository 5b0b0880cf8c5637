import { defineCommand } from '#libs/command/command-line';
import { duration, required, withDefault } from '#libs/command/option';
import { textTable } from '#libs/command/table';
import type { ReconcileResult } from '#libs/contracts/workflows/reconcile-workflow';
import type { DiscrepancyRecord } from '#libs/persistence/reconciliation/discrepancy.repository';

export const RECONCILE = defineCommand({
  name: 'npm run reconcile --',
  about: [
    'Compares the ledger with the payment provider’s records now, and lists the open discrepancies. Exits with 0 when there',
    'are none, and with 3 otherwise. A worker must be running.',
  ],
  options: {
    since: required(duration(), 'how far back the comparison goes, such as 24h or 30d'),
    'min-age': withDefault(duration(), '10m', 'leaves out what is younger and may not be booked yet'),
  },
});

/** The exit code when discrepancies are open; 1 and 2 are those of a failure and of a wrong command line. */
export const DISCREPANCIES_OPEN = 3;

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** How much was compared, in a sentence, so that "the books agree" has its extent. */
export function comparedText({ since, until, moved, booked, examined, open }: ReconcileResult): string {
  return (
    `${new Date(since).toISOString()} to ${new Date(until).toISOString()}: ` +
    `${count(moved, 'movement')} at the payment provider and ${count(booked, 'entry', 'entries')} of ours compared, ` +
    `${count(examined, 'order')} looked into one by one, ${count(open, 'discrepancy', 'discrepancies')} open`
  );
}

const COLUMNS = ['kind', 'object', 'order', 'expected', 'found', 'since'];

/** Discrepancies as a table for people. */
export function discrepanciesTable(discrepancies: readonly DiscrepancyRecord[]): string {
  const rows = discrepancies.map(({ kind, objectId, orderNumber, expected, found, currency, openedAt }) => [
    kind,
    objectId,
    orderNumber ?? '-',
    `${expected} ${currency}`,
    `${found} ${currency}`,
    openedAt,
  ]);
  return textTable(COLUMNS, rows);
}

import { parseArgs } from 'node:util';

import { parseDuration } from '#libs/config/duration';
import type { ReconcileResult } from '#libs/contracts/workflows/reconcile-workflow';
import type { DiscrepancyRecord } from '#libs/persistence/reconciliation/discrepancy.repository';

/** Milliseconds. */
export interface ReconcileCommand {
  readonly since: number;
  readonly minimumAge: number;
}

export class BadCommand extends Error {
  override readonly name = 'BadCommand';
}

const USAGE = 'usage: reconcile --since <duration> [--min-age <duration>], such as --since 24h --min-age 10m';

/** How `npm run reconcile` is used. */
export const HELP = [
  'Usage: npm run reconcile -- --since TIME [--min-age TIME]',
  'Compares the ledger with the payment provider’s records now, and lists the open discrepancies. Exits with 0 when there',
  'are none, and with 2 otherwise. A worker must be running.',
  '  --since TIME     how far back the comparison goes, such as 24h or 30d',
  '  --min-age TIME   leaves out what is younger and may not be booked yet; by default 10m',
].join('\n');

/** @throws BadCommand with one line that says what is wrong */
export function parseReconcileCommand(args: readonly string[]): ReconcileCommand {
  const { since, 'min-age': minimumAge } = parse(args);
  if (since === undefined) throw new BadCommand(`--since is missing; ${USAGE}`);
  return { since: durationOf('since', since), minimumAge: durationOf('min-age', minimumAge) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { since: { type: 'string' }, 'min-age': { type: 'string', default: '10m' } },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ', 1)[0] : 'cannot be read';
    throw new BadCommand(`${reason}; ${USAGE}`);
  }
}

function durationOf(name: string, text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new BadCommand(`--${name}: "${text}" is not a duration; ${USAGE}`);
  return parsed;
}

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** How much was compared, in a sentence, so that "the books agree" says of what. */
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

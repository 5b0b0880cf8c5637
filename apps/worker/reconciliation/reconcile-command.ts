import { parseArgs } from 'node:util';

import { parseDuration } from '#libs/config/duration';
import type { ReconcileResult } from '#libs/contracts/workflows/reconcile-workflow';
import type { FindingRecord } from '#libs/persistence/reconciliation/finding.repository';

/** Milliseconds. */
export interface ReconcileCommand {
  readonly since: number;
  readonly settle: number;
}

export class BadCommand extends Error {
  override readonly name = 'BadCommand';
}

const USAGE = 'usage: reconcile --since <duration> [--settle <duration>], such as --since 24h --settle 10m';

/** How `npm run reconcile` is used. */
export const HELP = [
  'Usage: npm run reconcile -- --since TIME [--settle TIME]',
  'Holds the books against the payment provider’s now, and shows every finding that is open. Ends with 0 where the',
  'books agree, and with 2 where they differ. It needs a worker.',
  '  --since TIME    how far back money may have moved that is compared, such as 24h or 30d',
  '  --settle TIME   what moved this recently is left out, as it may still be on its way; by default 10m',
].join('\n');

/** @throws BadCommand with one line that says what is wrong */
export function parseReconcileCommand(args: readonly string[]): ReconcileCommand {
  const { since, settle } = parse(args);
  if (since === undefined) throw new BadCommand(`--since is missing; ${USAGE}`);
  return { since: durationOf('since', since), settle: durationOf('settle', settle) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { since: { type: 'string' }, settle: { type: 'string', default: '10m' } },
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

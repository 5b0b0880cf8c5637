import { textTable } from '#libs/command/table';

import type { Machine } from './machine.js';
import type { RequestTimes } from './request-times.js';
import { closingLines, type Target } from './closing-lines.js';

interface StoredOrdersReport {
  readonly machine: Machine;
  readonly storedOrders: number;
  readonly databaseBytes: number;
  readonly times: readonly RequestTimes[];
}

/** Milliseconds. */
const TARGET = 50;
/** How many pairs of filters are shown: the slowest. All are in the JSON. */
const PAIRS_SHOWN = 10;

/** The report for a person. */
export function storedOrdersTable({
  machine,
  storedOrders,
  databaseBytes,
  times,
}: StoredOrdersReport): string {
  const of = (kind: RequestTimes['kind']) => times.filter((each) => each.kind === kind);
  const pairs = of('pair of filters').toSorted((a, b) => b.p99 - a.p99);
  const slow = times.filter(({ p99 }) => p99 > TARGET);
  const row = ({ name, requests, p50, p99, failed, slowest }: RequestTimes) => [
    `  ${name}`,
    String(requests),
    p50.toFixed(1),
    p99.toFixed(1),
    failed === 0 ? '' : String(failed),
    p99 > TARGET ? slowest.path : '',
  ];
  const targets: Target[] = [
    {
      what: 'p99 of the slowest list or look-up, ms',
      most: TARGET,
      found: Math.max(...times.map(({ p99 }) => p99)),
    },
    { what: 'lists and look-ups slower than that', most: 0, found: slow.length },
  ];
  return [
    `Lists and look-ups of the API among ${storedOrders} stored orders, rows made by SQL (${(databaseBytes / 1e9).toFixed(1)} GB).`,
    'One request at a time, lists page by page, with a frequent and a rare value of each filter, newest and oldest first.',
    '',
    textTable(
      ['', 'requests', 'p50, ms', 'p99, ms', 'failed', 'slowest of those above the target'],
      [
        ['look-ups'],
        ...of('look-up').map(row),
        ['GET /orders, by one filter'],
        ...of('filter').map(row),
        [`GET /orders, by two filters: the slowest of ${pairs.length} pairs`],
        ...pairs.slice(0, PAIRS_SHOWN).map(row),
      ],
    ),
    '',
    ...closingLines(targets, machine),
  ].join('\n');
}

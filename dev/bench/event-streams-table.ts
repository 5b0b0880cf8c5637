import { textTable } from '#libs/command/table';

import type { Machine } from './machine.js';
import { closingLines, type Target } from './closing-lines.js';

/** What is measured, in this order: streams that are told everything, and streams of orders that stay as they are. */
export const LOADS = [
  { streamsOf: 'all orders', perSecond: 0 },
  { streamsOf: 'all orders', perSecond: 1 },
  { streamsOf: 'all orders', perSecond: 10 },
  { streamsOf: 'one order each', perSecond: 10 },
] as const;

export interface EventStreamsRow {
  readonly streamsOf: (typeof LOADS)[number]['streamsOf'];
  /** Events that were written a second. */
  readonly perSecond: number;
  /** Of the API, a share of a core. */
  readonly cpu: number;
  /** Events that readers were told. */
  readonly told: number;
  /** Milliseconds from when an event was written until it was read. */
  readonly p50: number;
  readonly p99: number;
  /** To PostgreSQL, of the API. */
  readonly connections: number;
  readonly megabytes: number;
  /** Streams that ended meanwhile. */
  readonly broken: number;
}

interface EventStreamsReport {
  readonly machine: Machine;
  readonly streams: number;
  readonly rows: readonly EventStreamsRow[];
}

/** The report for a person. */
export function eventStreamsTable({ machine, streams, rows }: EventStreamsReport): string {
  const low = rows.filter(({ perSecond }) => perSecond <= 1);
  const targets: Target[] = [
    {
      what: 'CPU of the API at 1 event a second at the most, % of a core',
      most: 10,
      found: Math.max(...low.map(({ cpu }) => cpu * 100)),
    },
    {
      what: 'connections to PostgreSQL',
      most: 11,
      found: Math.max(...rows.map(({ connections }) => connections)),
    },
    { what: 'streams that ended', most: 0, found: Math.max(...rows.map(({ broken }) => broken)) },
  ];
  return [
    `${streams} event streams open at one API process, each read by another connection.`,
    '',
    textTable(
      [
        'streams of',
        'events a second',
        'CPU, % of a core',
        'told',
        'p50, ms',
        'p99, ms',
        'connections',
        'MB',
      ],
      rows.map((row) => [
        row.streamsOf,
        String(row.perSecond),
        (row.cpu * 100).toFixed(1),
        String(row.told),
        row.told === 0 ? '' : row.p50.toFixed(0),
        row.told === 0 ? '' : row.p99.toFixed(0),
        String(row.connections),
        row.megabytes.toFixed(0),
      ]),
    ),
    '',
    ...closingLines(targets, machine),
  ].join('\n');
}

import { type Spread, spread } from './figures.js';
import type { Machine, Versions } from './machine.js';
import { type Load, PARTS, type PartName, partsOf } from './measured-parts.js';
import type { Round } from './round.js';

/** How many statements the JSON names; the others are only counted. */
const STATEMENTS_NAMED = 40;

export interface Summary {
  readonly perSecond: Spread;
  /** Milliseconds of CPU for each order or bare workflow. */
  readonly cpu: Spread;
  readonly cpuOf: Partial<Record<PartName, Spread>>;
  readonly events: Spread;
  /** Bytes. */
  readonly resident: Partial<Record<PartName, Spread>>;
}

/** All measurements of a run, in the form of the JSON. */
export interface Report {
  readonly at: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly orders: number;
  readonly concurrency: number;
  readonly summary: Readonly<Record<Load, Summary>>;
  /** An order's CPU over a bare workflow's, of each pair of rounds that ran one after the other. */
  readonly cpuRatio: Spread;
  readonly perSecondRatio: Spread;
  /** Milliseconds. */
  readonly post: { readonly p50: Spread; readonly p99: Spread };
  readonly statements: Spread;
  /** The most frequent first. */
  readonly eachStatement: readonly { query: string; perOrder: number; millisecondsPerOrder: number }[];
  /** CPUs' worth, the most of any round. */
  readonly othersBusy: number;
  readonly stolen: number;
  /** Milliseconds of CPU for each order that make the load and are no part of its cost. */
  readonly driving: Readonly<Record<Load, Spread>>;
  readonly rounds: readonly Omit<Round, 'eachStatement'>[];
}

export interface Measurements {
  readonly machine: Machine;
  readonly versions: Versions;
  readonly orders: number;
  readonly concurrency: number;
  /** In the order they were run: orders, bare, orders, bare, … */
  readonly rounds: readonly Round[];
}

export function reportOn({ machine, versions, orders, concurrency, rounds }: Measurements): Report {
  const orderRounds = rounds.filter(({ load }) => load === 'orders');
  const bare = rounds.filter(({ load }) => load === 'bare');
  const ratio = (of: (round: Round) => number) =>
    spread(orderRounds.map((round, index) => of(round) / of(bare[index] ?? round)));
  const posts = orderRounds.flatMap(({ post }) => post ?? []);
  return {
    at: new Date().toISOString(),
    machine,
    versions,
    orders,
    concurrency,
    summary: { orders: summaryOf('orders', orderRounds), bare: summaryOf('bare', bare) },
    cpuRatio: ratio(({ cpuTotal }) => cpuTotal),
    perSecondRatio: ratio(({ perSecond }) => perSecond),
    post: { p50: spread(posts.map(({ p50 }) => p50)), p99: spread(posts.map(({ p99 }) => p99)) },
    statements: spread(orderRounds.flatMap(({ statements }) => statements ?? [])),
    eachStatement: statementsOf(orderRounds.at(-1)),
    othersBusy: Math.max(...rounds.map(({ othersBusy }) => othersBusy)),
    stolen: Math.max(...rounds.map(({ stolen }) => stolen)),
    driving: {
      orders: spread(orderRounds.map(({ cpuDriving }) => cpuDriving)),
      bare: spread(bare.map(({ cpuDriving }) => cpuDriving)),
    },
    // One list of statements is enough.
    rounds: rounds.map((round) => ({ ...round, eachStatement: undefined })),
  };
}

function summaryOf(load: Load, rounds: readonly Round[]): Summary {
  const each = (of: (round: Round, part: PartName) => number | undefined) =>
    Object.fromEntries(
      partsOf(load).map((part) => [part, spread(rounds.map((round) => of(round, part) ?? Number.NaN))]),
    );
  return {
    perSecond: spread(rounds.map(({ perSecond }) => perSecond)),
    cpu: spread(rounds.map(({ cpuTotal }) => cpuTotal)),
    cpuOf: each(({ cpu }, part) => cpu[part]),
    events: {
      min: Math.min(...rounds.map(({ events }) => events.min)),
      median: spread(rounds.map(({ events }) => events.median)).median,
      max: Math.max(...rounds.map(({ events }) => events.max)),
    },
    resident: each(({ resident }, part) => resident[part]),
  };
}

function statementsOf(round: Round | undefined): Report['eachStatement'] {
  if (!round) return [];
  return [...round.eachStatement]
    .sort((a, b) => b.calls - a.calls)
    .slice(0, STATEMENTS_NAMED)
    .map(({ query, calls, milliseconds }) => ({
      query: query.replaceAll(/\s+/g, ' ').trim().slice(0, 300),
      perOrder: calls / round.count,
      millisecondsPerOrder: milliseconds / round.count,
    }));
}

/** The title of a part, in the one table where both workers are called so. */
export const titleOf = (part: PartName): string => PARTS[part].title;

import { type Spread, spread } from './figures.js';
import type { Engine } from './bench-command.js';
import type { Machine, Versions } from './machine.js';
import { type Load, PARTS, type PartName } from './measured-parts.js';
import type { Round } from './round.js';
import { type Summary, summaryOf } from './summary.js';

/** How many statements the JSON names; the others are only counted. */
const STATEMENTS_NAMED = 40;

/** All measurements of a run, in the form of the JSON. */
export interface Report {
  readonly at: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly engine: Engine;
  readonly orders: number;
  readonly concurrency: number;
  readonly summary: Readonly<Record<Load, Summary>>;
  /** An order's CPU over a bare workflow's, of each pair of rounds that ran one after the other. */
  readonly cpuRatio: Spread;
  readonly perSecondRatio: Spread;
  /** The p99 of `POST /orders` over that of a bare workflow's start, in the same pairs. */
  readonly answerRatio: Spread;
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
  readonly engine: Engine;
  readonly orders: number;
  readonly concurrency: number;
  /** In the order they were run: orders, bare, orders, bare, … */
  readonly rounds: readonly Round[];
}

export function reportOn({ rounds, ...measurements }: Measurements): Report {
  const orderRounds = rounds.filter(({ load }) => load === 'orders');
  const bare = rounds.filter(({ load }) => load === 'bare');
  const ratio = (of: (round: Round) => number) =>
    spread(orderRounds.map((round, index) => of(round) / of(bare[index] ?? round)));
  return {
    at: new Date().toISOString(),
    ...measurements,
    summary: { orders: summaryOf('orders', orderRounds), bare: summaryOf('bare', bare) },
    cpuRatio: ratio(({ cpuTotal }) => cpuTotal),
    perSecondRatio: ratio(({ perSecond }) => perSecond),
    answerRatio: ratio(({ answered }) => answered.p99),
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

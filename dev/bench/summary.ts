import { type Spread, spread } from './figures.js';
import { type Load, type PartName, partsOf } from './measured-parts.js';
import type { Round } from './round.js';

/** What the rounds of one load have in common. */
export interface Summary {
  readonly perSecond: Spread;
  /** Milliseconds of CPU for each order or bare workflow. */
  readonly cpu: Spread;
  readonly cpuOf: Partial<Record<PartName, Spread>>;
  readonly events: Spread;
  readonly workflowTasks: Spread;
  /** Milliseconds until `POST /orders`, or the start of a bare workflow, was answered. */
  readonly answered: { readonly p50: Spread; readonly p99: Spread };
  /** Bytes. */
  readonly resident: Partial<Record<PartName, Spread>>;
}

export function summaryOf(load: Load, rounds: readonly Round[]): Summary {
  const each = (of: (round: Round, part: PartName) => number | undefined) =>
    Object.fromEntries(
      partsOf(load).map((part) => [part, spread(rounds.map((round) => of(round, part) ?? Number.NaN))]),
    );
  return {
    perSecond: spread(rounds.map(({ perSecond }) => perSecond)),
    cpu: spread(rounds.map(({ cpuTotal }) => cpuTotal)),
    cpuOf: each(({ cpu }, part) => cpu[part]),
    events: ofAll(rounds.map(({ events }) => events)),
    workflowTasks: ofAll(rounds.map(({ workflowTasks }) => workflowTasks)),
    answered: {
      p50: spread(rounds.map(({ answered }) => answered.p50)),
      p99: spread(rounds.map(({ answered }) => answered.p99)),
    },
    resident: each(({ resident }, part) => resident[part]),
  };
}

/** The median of the rounds' medians, and the extremes of all rounds. */
const ofAll = (rounds: readonly Spread[]): Spread => ({
  min: Math.min(...rounds.map(({ min }) => min)),
  median: spread(rounds.map(({ median }) => median)).median,
  max: Math.max(...rounds.map(({ max }) => max)),
});

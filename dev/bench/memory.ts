import { readFileSync } from 'node:fs';

import { percentile } from './figures.js';

export interface MemoryChange {
  /** Megabytes. */
  readonly from: number;
  readonly to: number;
  readonly ratio: number;
}

/** Resident memory of a process over time, as /proc shows it. */
export class Memory {
  private readonly samples: { readonly at: number; readonly megabytes: number }[] = [];
  private readonly began = Date.now();

  constructor(private readonly pid: number) {}

  sample(): void {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    this.samples.push({ at: Date.now() - this.began, megabytes: Number(kilobytes) / 1_024 });
  }

  /** The median of each period, such as a minute. @param period milliseconds */
  each(period: number): number[] {
    const periods = Math.ceil((this.samples.at(-1)?.at ?? 0) / period);
    return Array.from({ length: periods }, (_, index) =>
      median(this.samples.filter(({ at }) => Math.floor(at / period) === index)),
    );
  }

  /**
   * The median of the first and of the last quarter of what was seen after a time: single samples swing with each
   * garbage collection.
   *
   * @param after milliseconds
   */
  change(after: number): MemoryChange {
    const settled = this.samples.filter(({ at }) => at >= after);
    const quarter = Math.max(1, Math.floor(settled.length / 4));
    const from = median(settled.slice(0, quarter));
    const to = median(settled.slice(-quarter));
    return { from, to, ratio: to / from };
  }
}

const median = (samples: readonly { readonly megabytes: number }[]) =>
  percentile(
    samples.map(({ megabytes }) => megabytes),
    0.5,
  );

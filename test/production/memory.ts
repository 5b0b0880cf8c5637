import { readFileSync } from 'node:fs';

/** Resident memory of a process over time, as /proc shows it. */
export class Memory {
  private readonly samples: { readonly at: number; readonly megabytes: number }[] = [];
  private readonly began = Date.now();

  constructor(private readonly pid: number) {}

  sample(): void {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    this.samples.push({ at: Date.now() - this.began, megabytes: Number(kilobytes) / 1_024 });
  }

  /**
   * The median of the first and of the last quarter of what was seen after a time: single samples swing with each
   * garbage collection.
   *
   * @param after milliseconds
   */
  change(after: number): { readonly from: number; readonly to: number; readonly ratio: number } {
    const settled = this.samples.filter(({ at }) => at >= after).map(({ megabytes }) => megabytes);
    const quarter = Math.max(1, Math.floor(settled.length / 4));
    const from = median(settled.slice(0, quarter));
    const to = median(settled.slice(-quarter));
    return { from, to, ratio: to / from };
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

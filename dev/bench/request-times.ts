import type { BenchSystem } from './bench-system.js';
import { percentile } from './figures.js';
import type { MeasuredRequest } from './list-requests.js';

export interface RequestTimes extends Pick<MeasuredRequest, 'name' | 'kind'> {
  readonly requests: number;
  /** Milliseconds until an answer was read in full. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with 500 or more, such as when a statement takes longer than it may. */
  readonly failed: number;
  /** The path with the greatest p99, and that p99. */
  readonly slowest: { readonly path: string; readonly p99: number };
}

/** What is asked for of each path: so often, but no more once it has taken so many milliseconds. */
const EACH_PATH = { times: 25, within: 5_000 } as const;

/** Asks for each path again and again, one request at a time. A list goes on with its next page, at its end anew. */
export async function requestTimes(
  system: BenchSystem,
  { name, kind, paths, next }: MeasuredRequest,
): Promise<RequestTimes> {
  const all: number[] = [];
  let failed = 0;
  let slowest = { path: '', p99: -Infinity };
  for (const path of paths) {
    const times: number[] = [];
    const began = performance.now();
    let page: string | null = null;
    // Look-ups have many paths instead of pages.
    const most = next ? EACH_PATH.times : 1;
    while (times.length < most && performance.now() - began < EACH_PATH.within) {
      const asked: string = page === null ? path : `${path}&${page}`;
      const { took, status, answer } = await get(system, asked);
      times.push(took);
      if (status >= 500) failed += 1;
      else if (status !== 200) throw new Error(`${asked} was answered with ${status}: ${answer}`);
      page = status === 200 && next ? next(JSON.parse(answer)) : null;
    }
    const p99 = percentile(times, 0.99);
    if (p99 > slowest.p99) slowest = { path, p99 };
    all.push(...times);
  }
  return {
    name,
    kind,
    requests: all.length,
    p50: percentile(all, 0.5),
    p99: percentile(all, 0.99),
    failed,
    slowest,
  };
}

async function get(system: BenchSystem, path: string) {
  const since = performance.now();
  const response = await fetch(`${system.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${system.apiKey}` },
  });
  const answer = await response.text();
  return { took: performance.now() - since, status: response.status, answer };
}

import type { Programs } from '../stack/programs.js';

/** The exit code of `npm run reconcile` where the books differ. */
const DISCREPANCIES_OPEN = 3;

/** The result of a comparison of the books, and every line it wrote. */
export interface Reconciled {
  readonly agree: boolean;
  readonly lines: readonly string[];
}

/**
 * Compares the books with the gateway's, as `npm run reconcile` does.
 *
 * @param since how far back, such as 1h
 */
export async function reconcile(programs: Programs, since: string): Promise<Reconciled> {
  const lines: string[] = [];
  const code = await programs.run('reconcile', 'apps/worker/reconcile.js', {
    // Without the delay that is usually left for movements in flight.
    args: ['--since', since, '--min-age', '0s'],
    onLine: (line) => lines.push(line),
    codes: [0, DISCREPANCIES_OPEN],
  });
  return { agree: code === 0, lines };
}

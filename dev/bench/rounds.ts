/** Odd, so that a median is one of the rounds. */
export const ROUNDS = 3;

/** What each table says of its figures. */
export const OF_THE_ROUNDS = 'Median of the rounds (least – greatest)';

/**
 * Measures each of several kinds once a round, in turn, so that what changes on the machine meanwhile affects all of them.
 *
 * @returns all in the order they were measured in
 */
export async function inTurn<K, T>(
  kinds: readonly K[],
  measure: (kind: K, round: number) => Promise<T>,
): Promise<T[]> {
  const measured: T[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const kind of kinds) measured.push(await measure(kind, round));
  }
  return measured;
}

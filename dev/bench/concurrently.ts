/**
 * Runs something `count` times, `concurrency` at once: as soon as one has ended the next begins.
 *
 * @throws what the first that failed threw; no further one is begun then
 */
export async function concurrently<T>(
  count: number,
  concurrency: number,
  one: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let begun = 0;
  let failed = false;
  const runNext = async () => {
    while (begun < count && !failed) {
      try {
        results.push(await one(begun++));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, runNext));
  return results;
}

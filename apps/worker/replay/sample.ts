/** Both ends of a list that is read from its newest entry to its oldest, without keeping all of it. */
export class BothEnds<T> {
  size = 0;
  private readonly newest: T[] = [];
  private oldest: T[] = [];

  /** @param most how many are kept of each end */
  constructor(private readonly most: number) {}

  add(one: T): void {
    this.size += 1;
    if (this.newest.length < this.most) this.newest.push(one);
    this.oldest.push(one);
    if (this.oldest.length >= 2 * this.most) this.oldest = this.oldest.slice(-this.most);
  }

  /** So many, half of them from either end. @param count at most `most` */
  take(count: number): T[] {
    if (count >= this.size) return this.newest.slice(0, count);
    const young = Math.ceil(count / 2);
    return [...this.newest.slice(0, young), ...this.oldest.slice(this.oldest.length - (count - young))];
  }
}

/** Shares a number out among groups as evenly as their sizes allow. */
export function shareOut(count: number, sizes: readonly number[]): number[] {
  const shares = sizes.map(() => 0);
  let left = Math.min(
    count,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  while (left > 0) {
    for (const [group, size] of sizes.entries()) {
      const share = shares[group] ?? 0;
      if (left === 0 || share >= size) continue;
      shares[group] = share + 1;
      left -= 1;
    }
  }
  return shares;
}

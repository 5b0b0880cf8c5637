/**
 * Deals out a whole amount by weight, in multiples of `step`: each gets its share rounded down, and what is left goes,
 * one step after another, to the largest remainders (Hamilton's method), the first of equals first. Equal weights when
 * all are 0. All together get exactly the amount; where that is no multiple itself, one of them gets the odd rest.
 *
 * @param amount minor units
 * @param weights whole numbers, none below 0
 */
export function allocate(amount: number, weights: readonly bigint[], step: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  const divisor = (sum === 0n ? BigInt(weights.length) : sum) * BigInt(step);
  const shares = weights.map((weight, at) => {
    const share = BigInt(amount) * (sum === 0n ? 1n : weight);
    const steps = floor(share, divisor);
    return { at, dealt: Number(steps) * step, remainder: share - steps * divisor };
  });
  const dealt = shares.map((share) => share.dealt);
  let left = amount - dealt.reduce((a, b) => a + b, 0);
  for (const { at } of shares.toSorted((a, b) => compare(b.remainder, a.remainder) || a.at - b.at)) {
    const more = Math.min(left, step);
    dealt[at] = (dealt[at] ?? 0) + more;
    left -= more;
  }
  return dealt;
}

/** Rounds down, also below 0, where BigInt rounds towards 0. */
function floor(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

const compare = (a: bigint, b: bigint) => Number(a > b) - Number(a < b);

import { currencyOf } from './currencies.js';

/** Rates are counted in hundred-thousandths, as they are stored. */
const RATE_SCALE = 100_000;

/** A rate such as 0.19 as a whole number, for exact sums. */
export const wholeRate = (rate: number): bigint => BigInt(Math.round(rate * RATE_SCALE));

/**
 * An amount of one currency. Amounts are integers in the currency's minor unit (cents for EUR).
 * Arithmetic on two currencies throws, so a sum can never mix them.
 */
export class Money {
  private constructor(
    /** Minor units. */
    readonly amount: number,
    /** ISO 4217 code. */
    readonly currency: string,
  ) {}

  /** @throws RangeError unless `amount` is a safe integer */
  static of(amount: number, currency: string): Money {
    if (!Number.isSafeInteger(amount)) throw new RangeError('money is a whole number of minor units');
    return new Money(amount, currency);
  }

  static zero(currency: string): Money {
    return Money.of(0, currency);
  }

  plus(other: Money): Money {
    return Money.of(this.amount + this.sameCurrency(other).amount, this.currency);
  }

  times(quantity: number): Money {
    return Money.of(this.amount * quantity, this.currency);
  }

  /**
   * The share that a rate such as 0.19 takes, rounded half up to what the currency can charge. Rates have five
   * decimals.
   */
  share(rate: number): Money {
    // In whole numbers: as a binary fraction 100 × 0.145 is a little less than the 14.5 it should be.
    const step = BigInt(currencyOf(this.currency).step);
    const whole = BigInt(RATE_SCALE) * step;
    const steps = (2n * BigInt(this.amount) * wholeRate(rate) + whole) / (2n * whole);
    return Money.of(Number(steps * step), this.currency);
  }

  private sameCurrency(other: Money): Money {
    if (other.currency !== this.currency) {
      throw new RangeError(`cannot add ${other.currency} to ${this.currency}`);
    }
    return other;
  }
}

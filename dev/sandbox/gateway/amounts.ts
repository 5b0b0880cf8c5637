import { formatPrice } from '#libs/mail/price';
import { amountRejection, CURRENCIES, type Currency } from '#libs/domain/money/currencies';

import { StripeProblem } from './stripe-problem.js';

/**
 * Whether Stripe charges this amount (docs.stripe.com/currencies).
 *
 * @param code as Stripe writes it, in lower case
 * @throws StripeProblem, with Stripe's code and parameter
 */
export function chargeableAmount(amount: number, code: string): void {
  const currency = known(code);
  // The step comes first: 5 is no amount of UGX at all, before it is too small a one.
  inSteps(amount, code, 'amount');
  const fault = amountRejection(amount, currency);
  if (fault === 'too_small') {
    const least = formatPrice(currency.minimum, currency.code);
    throw new StripeProblem('amount_too_small', `Amount must be at least ${least} ${code}`, {
      param: 'amount',
    });
  }
  if (fault === 'too_large') {
    const most = formatPrice(currency.maximum, currency.code);
    throw new StripeProblem('amount_too_large', `Amount must be no more than ${most}`, { param: 'amount' });
  }
}

/** Whether an amount can be charged, captured or refunded, as far as its last digits go. @throws StripeProblem */
export function inSteps(amount: number, code: string, param: 'amount' | 'amount_to_capture'): void {
  const { code: name, step, digits } = known(code);
  if (amount % step === 0) return;
  throw new StripeProblem(
    'parameter_invalid',
    step === 10 ** digits
      ? `Invalid amount. Currency ${name} has become effectively zero-decimal and charged amounts must be evenly divisible by ${step}. See https://stripe.com/docs/currencies#zero-decimal for more information.`
      : `Invalid amount. Amounts in ${name} must be evenly divisible by ${step}. See https://stripe.com/docs/currencies#three-decimal for more information.`,
    { param },
  );
}

function known(code: string): Currency {
  const currency = CURRENCIES.get(code.toUpperCase());
  if (currency) return currency;
  const supported = [...CURRENCIES.keys()].map((each) => each.toLowerCase()).join(', ');
  throw new StripeProblem(
    'parameter_invalid',
    `Invalid currency: ${code}. Stripe currently supports these currencies: ${supported}`,
    { param: 'currency' },
  );
}

import { CURRENCIES } from '#libs/domain/money/currencies';

/** What shipping costs in minor units: one amount where there is one currency, or one for each. */
export type ShippingFee = number | ReadonlyMap<string, number>;

const AMOUNT = /^\d{1,12}$/;
const OF_CURRENCY = /^([A-Z]{3}):(\d{1,12})$/;

/** Reads `490` or `EUR:490,JPY:600`; undefined when it is neither. */
export function parseShippingFee(text: string): ShippingFee | undefined {
  if (AMOUNT.test(text)) return Number(text);
  const fees = new Map<string, number>();
  for (const entry of text.split(',')) {
    const [, code = '', amount = ''] = OF_CURRENCY.exec(entry.trim()) ?? [];
    if (code === '' || fees.has(code)) return undefined;
    fees.set(code, Number(amount));
  }
  return fees;
}

export const shippingFeeIn = (fee: ShippingFee, currency: string): number =>
  typeof fee === 'number' ? fee : (fee.get(currency) ?? 0);

/** What keeps the fee from being charged in these currencies. */
export function shippingFeeErrors(fee: ShippingFee, currencies: readonly string[]): string[] {
  if (typeof fee === 'number' && fee > 0 && currencies.length > 1)
    return [`must name each of CURRENCIES with its own amount, such as ${currencies.join(':490,')}:490`];
  if (typeof fee !== 'number') {
    const missing = currencies.filter((code) => !fee.has(code));
    const strange = [...fee.keys()].filter((code) => !currencies.includes(code));
    if (missing.length + strange.length > 0)
      return [
        ...missing.map((code) => `says nothing of ${code}, which is one of CURRENCIES`),
        ...strange.map((code) => `names ${code}, which is none of CURRENCIES`),
      ];
  }
  return currencies.flatMap((code) => {
    const { step = 1, maximum = 0 } = CURRENCIES.get(code) ?? {};
    const amount = shippingFeeIn(fee, code);
    if (amount > maximum) return [`must be at most ${maximum} for ${code}`];
    return amount % step === 0 ? [] : [`must be a multiple of ${step} for ${code}`];
  });
}

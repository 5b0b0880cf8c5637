import { Refusal } from '#libs/domain/order/failure';

/**
 * What a step needs to know of the order's person. Nobody is erased while an order runs; a run that is begun anew
 * long after, by hand, finds nobody.
 *
 * @throws Refusal `erased`
 */
export function known<T>(personal: T | null): T {
  if (personal === null) throw new Refusal('erased');
  return personal;
}

import { Refusal } from '#libs/domain/order/failure';

/**
 * Personal data that a step needs. A person is erased only once no run is left, but a run that an operator starts
 * again later finds none.
 *
 * @throws Refusal `erased`
 */
export function requirePersonalData<T>(personal: T | null): T {
  if (personal === null) throw new Refusal('erased');
  return personal;
}

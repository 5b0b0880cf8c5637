/** Crockford's base 32: no I, L, O or U, so a number can be read out over a telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The short number people use for an order, such as `R-7K3M-92QD`.
 *
 * @param random eight or more random bytes; 40 bits of them are used
 */
export function orderNumber(random: Uint8Array): string {
  const symbols = Array.from(random.subarray(0, 8), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  if (symbols.length < 8) throw new RangeError('an order number needs eight random bytes');
  return `R-${symbols.slice(0, 4)}-${symbols.slice(4)}`;
}

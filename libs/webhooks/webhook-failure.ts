import type { WebhookFailure } from '#libs/domain/webhooks/delivery';

/** A host with an address that nothing may be sent to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Of OpenSSL and Node: nodejs.org/api/tls.html#x509-certificate-error-codes. */
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/;
const NAME = /^(?:ENOTFOUND|EAI_|ENODATA)/;

/** What an error of a request means, by its code alone: its text may have the address in it. */
export function failureOf(error: unknown): WebhookFailure {
  if (error instanceof AddressRefused) return 'address';
  // Both families were tried: the first of the errors stands for all.
  if (error instanceof AggregateError && error.errors.length > 0) return failureOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (TLS.test(code)) return 'tls';
  return NAME.test(code) ? 'name' : 'connection';
}

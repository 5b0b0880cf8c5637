import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

import type { ProblemCode } from '#libs/contracts/http/problems';

interface SignInFailure {
  readonly problem: Extract<ProblemCode, 'sign_in_refused' | 'identity_provider_unavailable'>;
  /** For the log: a code without personal data. */
  readonly reason: string;
}

/** The client's codes for a provider that did not answer, or not as the protocol says. */
const UNUSABLE = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
];
/** Refusals at the token endpoint that are a fault of our settings, not of the person's sign-in (RFC 6749, section 5.2). */
const MISCONFIGURED = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type'];

/** What a failed sign-in is answered with. */
export function signInFailure(error: unknown): SignInFailure {
  if (error instanceof ResponseBodyError)
    return MISCONFIGURED.includes(error.error) ? unavailable(error.error) : refused(error.error);
  if (error instanceof AuthorizationResponseError) return refused(error.error);
  if (error instanceof ClientError) {
    const code = error.code ?? 'unknown';
    return UNUSABLE.includes(code) ? unavailable(code) : refused(code);
  }
  // Node's fetch rejects with a TypeError where no answer came.
  return error instanceof TypeError ? unavailable('no_answer') : refused('unknown');
}

/** The same for metadata that could not be read: no sign-in of any person has begun. */
export const discoveryFailure = (error: unknown): SignInFailure => unavailable(signInFailure(error).reason);

const unavailable = (reason: string): SignInFailure => ({
  problem: 'identity_provider_unavailable',
  reason: shown(reason),
});
const refused = (reason: string): SignInFailure => ({ problem: 'sign_in_refused', reason: shown(reason) });

/** The person's browser brings the code of a refusal. */
const shown = (reason: string) => (/^[A-Za-z_]{1,64}$/.test(reason) ? reason : 'unknown');

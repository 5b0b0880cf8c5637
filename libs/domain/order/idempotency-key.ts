/** Under which key, and by whom, a request was made that must have its effect once. */
export interface ScopedIdempotencyKey {
  /** The service, whichever of its API keys it used; or the person. */
  readonly principal: string;
  /** Method and path. */
  readonly operation: string;
  readonly key: string;
  readonly requestHash: string;
}

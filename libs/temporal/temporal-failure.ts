import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC's numbers for a server that is not there, or not in time (grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const AWAY = [4, 14];

/** Whether Temporal did not answer. */
export function isTemporalAway(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && AWAY.includes(cause.code);
}

/** Why a call to Temporal failed, for a person; undefined where it is another failure. */
export function temporalFailureSentence(error: unknown, address: string): string | undefined {
  return isTemporalAway(error) ? `Temporal does not answer at ${address}; see TEMPORAL_ADDRESS.` : undefined;
}

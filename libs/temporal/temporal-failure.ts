import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC's numbers (grpc.github.io/grpc/core/md_doc_statuscodes.html). */
export const GRPC = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  failedPrecondition: 9,
  unavailable: 14,
} as const;
const AWAY: readonly number[] = [GRPC.deadlineExceeded, GRPC.unavailable];

/** The gRPC status of a call to Temporal that failed; null where it is another failure. */
export function grpcCodeOf(error: unknown): number | null {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : null;
}

/** Whether Temporal did not answer. */
export function isTemporalAway(error: unknown): boolean {
  return AWAY.includes(grpcCodeOf(error) ?? 0);
}

export const noAnswerAt = (address: string): string =>
  `Temporal does not answer at ${address}; see TEMPORAL_ADDRESS.`;

/** Why a call to Temporal failed, for a person; undefined where it is another failure. */
export function temporalFailureSentence(error: unknown, address: string): string | undefined {
  return isTemporalAway(error) ? noAnswerAt(address) : undefined;
}

import type { Headers, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

import { TRACE_HEADER } from '#libs/contracts/workflows/trace-header';
import { activeTracer, inChildSpan } from '#libs/telemetry/tracing';

/** Makes a span of each start and signal of a run, which its activities then belong to. */
export const traceInterceptor: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    within(`StartWorkflow:${input.workflowType}`, input.options.workflowId, () => next(withTrace(input))),
  signal: (input, next) =>
    within(`SignalWorkflow:${input.signalName}`, input.workflowExecution.workflowId ?? undefined, () =>
      next(withTrace(input)),
    ),
  signalWithStart: (input, next) =>
    within(`SignalWithStartWorkflow:${input.workflowType}`, input.options.workflowId, () =>
      next(withTrace(input)),
    ),
};

/** `temporalWorkflowId` is what Temporal's SDKs call it. */
async function within<T>(name: string, workflowId: string | undefined, call: () => Promise<T>): Promise<T> {
  return inChildSpan(name, { kind: 'producer', attributes: { temporalWorkflowId: workflowId } }, call);
}

function withTrace<I extends { readonly headers: Headers }>(input: I): I {
  const traceparent = activeTracer()?.traceparent();
  if (!traceparent) return input;
  const payload = defaultPayloadConverter.toPayload({ traceparent });
  return { ...input, headers: { ...input.headers, [TRACE_HEADER]: payload } };
}

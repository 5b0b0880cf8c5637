import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

import { ACTIVITY_STEPS } from '#libs/contracts/workflows/activities';
import { TRACE_HEADER, traceHeader } from '#libs/contracts/workflows/trace-header';
import type { StepName } from '#libs/domain/order/steps';
import { activeTracer, inSpan, type SpanOptions } from '#libs/telemetry/tracing';

const STEPS: Readonly<Record<string, StepName | undefined>> = ACTIVITY_STEPS;

/** Makes a span of each attempt of an activity, in the trace that its run carries. */
export class ActivitySpans implements ActivityInboundCallsInterceptor {
  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    if (activeTracer() === null) return next(input);
    return inSpan(`RunActivity:${activityInfo().activityType}`, optionsOf(input), async (span) => {
      try {
        return await next(input);
      } catch (error) {
        // Its message is the code that enters the history, its type the kind.
        if (error instanceof ApplicationFailure) {
          span?.set({ 'order.failure': error.type ?? undefined });
          span?.fail(error.message);
        }
        throw error;
      }
    });
  }
}

function optionsOf({ args: [orderId], headers }: ActivityExecuteInput): SpanOptions {
  const { activityType, attempt, workflowExecution } = activityInfo();
  const payload = headers[TRACE_HEADER];
  const { traceparent, links } = traceHeader(payload && defaultPayloadConverter.fromPayload(payload));
  return {
    kind: 'consumer',
    attributes: {
      'order.id': typeof orderId === 'string' ? orderId : undefined,
      'order.step': STEPS[activityType],
      'order.attempt': attempt,
      temporalWorkflowId: workflowExecution?.workflowId,
      temporalRunId: workflowExecution?.runId,
    },
    parent: traceparent ?? null,
    links: links?.split(',') ?? [],
  };
}

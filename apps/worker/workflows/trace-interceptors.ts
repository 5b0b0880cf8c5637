import { defaultPayloadConverter } from '@temporalio/common';
import type { Headers, WorkflowInterceptors } from '@temporalio/workflow';

import { TRACE_HEADER, type TraceHeader, traceHeader } from '#libs/contracts/workflows/trace-header';

import { RunTrace } from './run-trace.js';

/** Carries traces through a run: to its activities, its child runs and the runs it signals. Headers are no commands. */
export function interceptors(): WorkflowInterceptors {
  const trace = new RunTrace();
  const ended = () => trace.ended();
  return {
    inbound: [
      {
        execute(input, next) {
          trace.started(received(input.headers));
          return next(input);
        },
        handleSignal(input, next) {
          trace.signalled(received(input.headers));
          return next(input);
        },
      },
    ],
    outbound: [
      {
        startTimer(input, next) {
          const timer = next(input);
          timer.then(
            () => trace.timerFired(input.durationMs),
            () => undefined,
          );
          return timer;
        },
        scheduleActivity(input, next) {
          const result = next({ ...input, headers: withTrace(input.headers, trace.begun()) });
          result.then(ended, ended);
          return result;
        },
        scheduleLocalActivity(input, next) {
          const result = next({ ...input, headers: withTrace(input.headers, trace.begun()) });
          result.then(ended, ended);
          return result;
        },
        startChildWorkflowExecution(input, next) {
          return next({ ...input, headers: withTrace(input.headers, trace.next()) });
        },
        signalWorkflow(input, next) {
          return next({ ...input, headers: withTrace(input.headers, trace.next()) });
        },
        continueAsNew(input, next) {
          return next({ ...input, headers: withTrace(input.headers, trace.next()) });
        },
      },
    ],
  };
}

function received(headers: Headers): TraceHeader | null {
  const payload = headers[TRACE_HEADER];
  return payload ? traceHeader(defaultPayloadConverter.fromPayload(payload)) : null;
}

/** Headers stay as they are where no trace is known: nothing is written for runs that are not traced. */
function withTrace(headers: Headers, header: TraceHeader | null): Headers {
  return header === null
    ? headers
    : { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(header) };
}

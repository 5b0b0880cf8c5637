import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';

import type {
  CompensationResult,
  DecisionActivities,
  EndAnswer,
  OrderEnd,
  ReversalReason,
} from '#libs/contracts/workflows/activities';
import { cancellationRequested, type OrderOutcome, progress } from '#libs/contracts/workflows/order-workflow';
import type { EndCode, EndReason } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { ResumePoint } from '#libs/domain/order/resume-point';
import { endOnRefusal, type StepName, STEPS } from '#libs/domain/order/steps';

import type { AttentionRequests } from './attention-requests.js';
import { CompensationRequired } from './compensation-required.js';
import { retryUntilDone } from './retry.js';
import { type StepFailure, stepFailure } from './step-failure.js';
import type { OrderSearchAttributes } from '../visibility.js';

type Compensation = (reason: ReversalReason) => Promise<CompensationResult>;

/** The operations of the body of a saga. */
export interface Steps {
  /** Runs a step once, retried and parked by the policy; its compensation is registered before it starts. */
  step(name: StepName, run: () => Promise<void>, compensation?: Compensation): Promise<void>;
  /** Registers the compensation of a step that another one may begin. */
  register(name: StepName, compensation: Compensation): void;
  /**
   * Runs a part of the body, and ends the order when `deadline` passes first. It needs no timer: steps do not begin after
   * it, activities are called with the time that is left, and what waits gives up with it.
   */
  withDeadline(limit: Limit, deadline: number, part: () => Promise<void>): Promise<void>;
  /** Runs a part of the body, and ends the order when `timeout` resolves first; null where it has passed already. */
  withTimeout(limit: Limit, timeout: (() => Promise<void>) | null, part: () => Promise<void>): Promise<void>;
  /** Runs one step's compensation, also a second time, in an order that continues. */
  compensate(name: StepName, reason: ReversalReason): Promise<void>;
}

/** How an order ends when a part of it does not finish in time. */
export interface Limit {
  readonly status: 'rejected' | 'cancelled';
  readonly code: EndCode;
  readonly reversal: ReversalReason;
  /** The last step of the part: once it is done, the part is not run again. */
  readonly until: StepName;
}

/** How an order ends that was shipped. */
interface Arrival {
  readonly status: 'delivered' | 'undelivered';
  /** Whether its last step has closed it. */
  readonly isClosed?: boolean;
}

/** The order that a saga is about, and what the saga reports to. */
interface Subject {
  readonly orderId: OrderId;
  readonly policy: OrderPolicy;
  readonly searchAttributes: OrderSearchAttributes;
  readonly attention: AttentionRequests;
  readonly decisions: DecisionActivities;
  /** Sends the shopper the notice that the order was cancelled or rejected. */
  readonly notices: Readonly<Record<CompensationRequired['status'], () => Promise<void>>>;
  /** Where this run resumes the order; null for its first run. */
  readonly resumePoint: ResumePoint | null;
}

/**
 * Runs the body to its end, or compensates its steps, newest first. When a compensation comes too late, the body runs
 * again and skips the steps that are done; once the carrier has the parcel, the order can no longer be cancelled.
 */
export async function saga(
  { orderId, policy, searchAttributes, attention, decisions, notices, resumePoint }: Subject,
  body: (steps: Steps) => Promise<Arrival>,
): Promise<OrderOutcome> {
  const running = new Set<StepName>();
  const done = new Set<StepName>(resumePoint?.done);
  const compensated = new Set<StepName>();
  const compensations: { readonly name: StepName; readonly compensation: Compensation }[] = [];
  /** Every compensation that was registered, also those that have run. */
  const compensationOf = new Map<StepName, Compensation>();
  /** Oldest first. */
  const cancellationRequests: EndReason[] = resumePoint?.cancellationRequest
    ? [resumePoint.cancellationRequest]
    : [];
  /** Whether the carrier has the parcel: the order can no longer be compensated. */
  let committed = resumePoint?.isAway ?? false;
  /** The compensation that the run before had begun. */
  let resumed = resumedCompensation(resumePoint);
  /** Whether steps are done whose compensations this run has yet to register. */
  let isResuming = resumePoint !== null;
  let stop = (): void => undefined;
  /** The deadline of the part that runs. Milliseconds since 1970. */
  let due: { readonly limit: Limit; readonly deadline: number } | null = null;

  setHandler(cancellationRequested, ({ by }) => {
    cancellationRequests.push({ code: 'cancelled', by });
    stop();
  });
  const inOrder = (names: ReadonlySet<StepName>) => STEPS.filter((name) => names.has(name));
  setHandler(progress, () => ({
    done: inOrder(done),
    running: inOrder(running),
    compensated: [...compensated],
  }));

  const steps: Steps = {
    register(name, compensation) {
      if (!compensations.some((entry) => entry.name === name)) compensations.unshift({ name, compensation });
      compensationOf.set(name, compensation);
    },

    async step(name, run, compensation) {
      if (compensation) steps.register(name, compensation);
      if (done.has(name)) return;
      if (due !== null && due.deadline <= Date.now()) throw timeIsUp(due.limit);
      running.add(name);
      searchAttributes.setSteps(running);
      try {
        // Until it is done, refused, cancelled, or an operator has decided.
        while (!done.has(name)) {
          try {
            await run();
            done.add(name);
          } catch (error) {
            if ((await afterFailure(name, error)) === 'skip') done.add(name);
          }
        }
      } finally {
        running.delete(name);
        searchAttributes.setSteps(running);
      }
    },

    async withDeadline(limit, deadline, part) {
      if (done.has(limit.until)) return isResuming ? part() : undefined;
      if (committed) return part();
      due = { limit, deadline };
      try {
        await part();
      } finally {
        due = null;
      }
    },

    async withTimeout(limit, timeout, part) {
      if (done.has(limit.until)) return isResuming ? part() : undefined;
      if (committed) return part();
      let expired = false;
      const timer = new CancellationScope();
      const scope = new CancellationScope();
      const expire = () => {
        expired = true;
        scope.cancel();
      };
      // Where it passed before this run resumed the order, no further step is started.
      if (timeout === null) expire();
      const timerEnded = timer.run(timeout ?? (async () => undefined)).then(expire, () => undefined);
      try {
        // A step that finishes although it was cancelled counts as done, and so may the whole part.
        await scope.run(part);
      } catch (error) {
        if (!expired || !isCancellation(error)) throw error;
        throw timeIsUp(limit);
      } finally {
        timer.cancel();
        await timerEnded;
      }
    },

    async compensate(name, reason) {
      const compensation = compensationOf.get(name);
      if (compensation)
        await CancellationScope.nonCancellable(() =>
          retryUntilDone(policy, attention, name, () => compensation(reason)),
        );
    },
  };

  /** Decides about a step that failed. @throws CompensationRequired when the order cannot continue without it */
  async function afterFailure(name: StepName, error: unknown): Promise<'retry' | 'skip'> {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    // A step that failed after it was cancelled is not retried.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`${name} was cancelled`);
    if (due !== null && failure.isTimeUp) {
      // The next attempt would have come too late, which can be known before the time is over.
      await sleep(Math.max(due.deadline - Date.now(), 1), { summary: TIME_IS_UP });
      throw timeIsUp(due.limit);
    }
    const refusal = endOnRefusal(name, failure.code);
    if (failure.refused && refusal && !committed) {
      throw new CompensationRequired(refusal.status, { code: refusal.end, by: 'workflow' }, 'refused');
    }
    const answer = await parked(name, failure);
    if (answer?.action === 'fail') {
      // Nothing can be compensated any more, so the order continues without the step.
      if (committed) return 'skip';
      throw new CompensationRequired('cancelled', { code: 'operator_failed', by: answer.by }, 'cancelled');
    }
    return answer?.action === 'skip' ? 'skip' : 'retry';
  }

  async function parked(name: StepName, { attentionKind, code }: StepFailure) {
    const handle = await attention.open(attentionKind, name, code);
    try {
      if (due === null) return await handle.waitForAnswer();
      const answer = await handle.waitForAnswer(Math.max(due.deadline - Date.now(), 1), TIME_IS_UP);
      if (answer === undefined) throw timeIsUp(due.limit);
      return answer;
    } finally {
      await handle.resolve();
    }
  }

  /** Runs every registered compensation. @returns false when it is too late for that */
  async function runCompensations(cause: CompensationRequired): Promise<boolean> {
    if (cause.status === 'cancelled') {
      const status = await decisions.beginCancellation(orderId, cause.reason);
      searchAttributes.setStatus(status);
      // It is `cancelled` where a run is repeated from a point before its end.
      if (status !== 'cancelling' && status !== 'cancelled') {
        committed = true;
        return false;
      }
    }
    for (let next = compensations[0]; next; next = compensations[0]) {
      const { name, compensation } = next;
      const result = await retryUntilDone(policy, attention, name, () => compensation(cause.reversal));
      if (result === 'too_late') {
        committed = name === 'ship';
        searchAttributes.setStatus(committed ? 'shipped' : 'confirmed');
        return false;
      }
      compensated.add(name);
      done.delete(name);
      compensations.shift();
    }
    return true;
  }

  /** Writes an end. A refund that has become due meanwhile is made first, as often as that happens. */
  async function writeEnd(write: () => Promise<EndAnswer>, reason: ReversalReason): Promise<EndAnswer> {
    for (;;) {
      const answer = await write();
      if (answer.is !== 'refund_due') return answer;
      await steps.compensate('charge', reason);
    }
  }

  async function close(end: OrderEnd, reason: ReversalReason): Promise<EndAnswer> {
    await condition(allHandlersFinished);
    const answer = await writeEnd(() => decisions.closeOrder(orderId, end), reason);
    if (answer.is === 'ended') searchAttributes.setStatus(end.status);
    return answer;
  }

  /** Compensates an order, ends it and notifies its shopper. @returns false when it is too late */
  async function compensateAndEnd(cause: CompensationRequired): Promise<false | OrderOutcome> {
    if (!(await runCompensations(cause))) return false;
    const { status, reason } = cause;
    const end: OrderEnd = { status, reason };
    const { is } = await writeEnd(() => decisions.endOrder(orderId, end), 'cancelled');
    if (is === 'ended') {
      searchAttributes.setStatus(status);
      await steps.step('notify', notices[status]);
    }
    const answer = await close(end, 'cancelled');
    return answer.is === 'confirmed'
      ? compensateAndEnd(new CompensationRequired('cancelled', answer.reason, 'cancelled'))
      : status;
  }

  if (resumePoint?.closedAs) return resumePoint.closedAs;
  for (let cancellable = !committed; ;) {
    const scope = new CancellationScope({ cancellable });
    stop = () => (cancellable ? scope.cancel() : undefined);
    if (cancellationRequests.length > 0 || resumed) stop();
    try {
      const { status, isClosed } = await scope.run(() => body(steps));
      // It is closed, and nothing is left that a cancellation could stop.
      await CancellationScope.nonCancellable(async () => {
        if (isClosed) await condition(allHandlersFinished);
        else await close({ status }, 'undelivered');
      });
      return status;
    } catch (error) {
      const cause = resumed ?? compensationCause(error, cancellationRequests);
      resumed = null;
      isResuming = false;
      stop = () => undefined;
      const end = await CancellationScope.nonCancellable(() => compensateAndEnd(cause));
      if (end) return end;
      // A step that could not be compensated is done, and so are the steps before it.
      for (const { name } of compensations) done.add(name);
      // An order whose payment succeeded at the last moment can still be cancelled; one whose parcel left cannot.
      cancellable = cause.reversal === 'expired';
    }
  }
}

/** Of a timer that ends what waits at a deadline. */
const TIME_IS_UP = 'Time for the step is over';

/** Ends an order of which a part did not finish in time. */
export function timeIsUp({ status, code, reversal }: Limit): CompensationRequired {
  return new CompensationRequired(status, { code, by: 'workflow' }, reversal);
}

function resumedCompensation(resumePoint: ResumePoint | null): CompensationRequired | null {
  if (!resumePoint?.pendingCompensation) return null;
  const { status, reason, reversal } = resumePoint.pendingCompensation;
  return new CompensationRequired(status, reason, reversal);
}

/** Treats a cancellation of the workflow like one requested through the API. @throws any other error: a bug */
function compensationCause(error: unknown, [request]: readonly EndReason[]): CompensationRequired {
  if (error instanceof CompensationRequired) return error;
  if (isCancellation(error))
    return new CompensationRequired(
      'cancelled',
      request ?? { code: 'cancelled', by: 'temporal' },
      'cancelled',
    );
  throw error;
}

import { activityInfo, CompleteAsyncError, Context, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

import { ACTIVITY_STEPS, FAILURE_TYPES } from '#libs/contracts/activities';
import { Outage, Refusal } from '#libs/order/failure';
import { isOrderId, type OrderId } from '#libs/order/order-id';
import { backoff } from '#libs/order/policy';
import type { StepName } from '#libs/order/steps';
import { isContended, isUnreachable } from '#libs/store/database-failure';
import type { WaitRepository } from '#libs/store/wait.repository';
import type { Logger } from '#libs/telemetry/logger';

const HEARTBEAT_EVERY = 1_000;
/** Ends of an attempt that say nothing of what the order waits for: another attempt is at it, or soon will be. */
const UNSHOWN: readonly string[] = ['overtaken', 'worker_stopped'];
/** What an order that is not paid yet may wait for, until its reservation ends. */
const BEFORE_PAYMENT: readonly string[] = ['validateOrder', 'reserveStock', 'chargePayment', 'checkPayment'];

/**
 * Around every activity: says that it is alive, turns a failure into what may enter a history (a code and a
 * kind, never a provider's words or a cause), and shows a failing step as what the order waits for. What still
 * runs when the worker's grace is over is handed back for another worker to take up.
 */
export class OrderActivityInterceptor implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly waits: WaitRepository,
    private readonly logger: Logger,
  ) {}

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    const attempt = attemptOf(input.args);
    const pulse = setInterval(() => heartbeat(), HEARTBEAT_EVERY);
    try {
      const result = await Promise.race([next(input), workerStopped()]);
      if (attempt.step && attempt.number > 1) await this.showDone(attempt.orderId, attempt.step);
      return result;
    } catch (error) {
      if (error instanceof CompleteAsyncError) throw error;
      throw await this.failed(attempt, error);
    } finally {
      clearInterval(pulse);
    }
  }

  private async failed(attempt: Attempt, error: unknown): Promise<ApplicationFailure> {
    const { step, activity } = attempt;
    const context = { orderId: attempt.orderId, activity, step, attempt: attempt.number };
    const details = [{ step }];
    if (error instanceof Refusal) {
      this.logger.info({ ...context, code: error.code }, 'refused');
      return withoutStack({
        type: FAILURE_TYPES.refusal,
        message: error.code,
        nonRetryable: true,
        details,
      });
    }
    const outage = error instanceof Outage ? error.code : databaseOutage(error);
    if (outage !== null) {
      this.logger.warn({ ...context, code: outage }, 'attempt failed');
      this.logger.debug({ ...context, err: error }, 'attempt failed');
      if (!UNSHOWN.includes(outage)) await this.showWaiting(attempt, outage, attempt.retryIn);
      return withoutStack({
        type: FAILURE_TYPES.outage,
        message: outage,
        nonRetryable: false,
        details,
      });
    }
    this.logger.error({ ...context, err: error }, 'a bug stopped a step');
    await this.showWaiting(attempt, 'bug', null);
    // A step is parked at once; a decision has nowhere to be parked, so it is tried until the bug is mended.
    return withoutStack({
      type: FAILURE_TYPES.bug,
      message: 'bug',
      nonRetryable: step !== null,
      details,
    });
  }

  private async showDone(orderId: OrderId, step: StepName): Promise<void> {
    try {
      await this.waits.recovered(orderId, step);
    } catch (cause) {
      // The step is done, whether or not that can be shown.
      this.logger.warn({ orderId, err: cause }, 'a step that recovered could not be shown');
    }
  }

  private async showWaiting(attempt: Attempt, error: string, nextTryIn: number | null): Promise<void> {
    if (!attempt.step) return;
    try {
      await this.waits.failed(attempt.orderId, attempt.step, {
        attempt: attempt.number,
        nextTryIn,
        error,
        beforePayment: BEFORE_PAYMENT.includes(attempt.activity),
      });
    } catch (cause) {
      // The failure itself matters more than showing it: with the database down, the attempt still fails as it did.
      this.logger.warn({ orderId: attempt.orderId, err: cause }, 'a failing attempt could not be shown');
    }
  }
}

/**
 * Fails an attempt once its worker has waited its grace for it. What the attempt had begun is left to itself: it
 * cannot write past the fence of the attempt that takes over, and that one asks the provider what became of it.
 * A cancel by the workflow is no reason to leave: the workflow waits for the answer.
 */
function workerStopped(): Promise<never> {
  return new Promise((_, reject) => {
    Context.current().cancelled.catch((reason: unknown) => {
      // The only word the SDK has for it; see `Worker.shutdown`.
      if (reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN')
        reject(new Outage('worker_stopped'));
    });
  });
}

/** A stack tells a history nothing but where the worker's files are. */
function withoutStack(options: FailureOptions): ApplicationFailure {
  const failure = ApplicationFailure.create(options);
  failure.stack = '';
  return failure;
}

type FailureOptions = Parameters<typeof ApplicationFailure.create>[0];

interface Attempt {
  readonly orderId: OrderId;
  readonly activity: string;
  /** Null for the workflow's own decisions. */
  readonly step: StepName | null;
  readonly number: number;
  /** Milliseconds until the next attempt, if this one fails; null when it is the last. */
  readonly retryIn: number | null;
}

function attemptOf([orderId]: unknown[]): Attempt {
  const { activityType, attempt, retryPolicy } = activityInfo();
  if (typeof orderId !== 'string' || !isOrderId(orderId)) {
    throw ApplicationFailure.nonRetryable('every activity takes an order id first', FAILURE_TYPES.bug);
  }
  const steps: Readonly<Record<string, StepName | undefined>> = ACTIVITY_STEPS;
  const last = retryPolicy?.maximumAttempts !== undefined && attempt >= retryPolicy.maximumAttempts;
  const initial = milliseconds(retryPolicy?.initialInterval, 1_000);
  const max = milliseconds(retryPolicy?.maximumInterval, 60_000);
  return {
    orderId,
    activity: activityType,
    step: steps[activityType] ?? null,
    number: attempt,
    retryIn: last ? null : backoff({ initial, max }, attempt),
  };
}

const milliseconds = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);

/** A database that cannot be asked is an outage like any other. Its words are not passed on: they quote values. */
function databaseOutage(error: unknown): string | null {
  if (isUnreachable(error)) return 'database_unreachable';
  return isContended(error) ? 'database_contended' : null;
}

import { activityInfo, CompleteAsyncError, Context, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

import { ACTIVITY_STEPS, COMPENSATIONS, FAILURE_TYPES } from '#libs/contracts/workflows/activities';
import { Contradiction, Outage, AttentionRequired, Refusal } from '#libs/domain/order/failure';
import { isOrderId, type OrderId } from '#libs/domain/order/order-id';
import { backoff, LONGEST_PAUSE } from '#libs/domain/order/policy';
import type { StepName } from '#libs/domain/order/steps';
import { databaseOutage } from '#libs/persistence/database/database-failure';
import type { WaitRepository } from '#libs/persistence/orders/wait.repository';
import { type CallPriority, withCallPriority } from '#libs/providers/call-priority';
import { inLogContext } from '#libs/telemetry/log-context';
import type { Logger } from '#libs/telemetry/logger';

import type { ActivityMetrics } from './activity-metrics.js';
import type { RequestIds } from './request-ids.js';

const HEARTBEAT_EVERY = 1_000;
/** Failures that do not change what the order waits for: another attempt runs, or soon will. */
const UNSHOWN: readonly string[] = ['superseded', 'worker_stopped'];
/** The attempt at which an unexpected failure parks its step: some 15 seconds after the first. */
const UNFORESEEN_ATTEMPTS = 5;
const UNFORESEEN = 'an attempt failed in a way that is not provided for';
/** What an order that is not paid yet may wait for, until its reservation ends. */
const BEFORE_PAYMENT: readonly string[] = [
  'validateOrder',
  'reserveStock',
  'validateAndReserve',
  'reserveAndCharge',
  'chargePayment',
  'checkPayment',
];

/**
 * Around every activity: sends heartbeats, turns a failure into what may enter a history (a code and a
 * kind, never a provider's message or a cause), and shows a failing step as what the order waits for. What still
 * runs when the worker's grace is over is handed back to another worker.
 */
export class OrderActivityInterceptor implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly waits: WaitRepository,
    private readonly logger: Logger,
    private readonly metrics?: ActivityMetrics,
    private readonly requests?: RequestIds,
  ) {}

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    const attempt = attemptOf(input.args);
    this.metrics?.begun(attempt.activity, attempt.number);
    // Completed by the activity's first statement, which reads its order.
    const context = this.requests?.ofOrder(attempt.orderId) ?? { orderId: attempt.orderId };
    this.requests?.sawRun(attempt.workflowId, attempt.orderId);
    return withCallPriority(priorityOf(attempt), () =>
      inLogContext(context, () => this.attempt(attempt, () => next(input))),
    );
  }

  private async attempt(attempt: Attempt, perform: () => Promise<unknown>): Promise<unknown> {
    const pulse = attempt.isLocal ? undefined : setInterval(() => heartbeat(), HEARTBEAT_EVERY);
    try {
      const result = await Promise.race([perform(), workerStopped()]);
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
    if (error instanceof Refusal) {
      this.metrics?.failed(activity, 'refusal');
      this.logger.info({ ...context, code: error.code }, 'refused');
      return withoutStack({
        type: FAILURE_TYPES.refusal,
        message: error.code,
        nonRetryable: true,
        details: [{ step }],
      });
    }
    if (error instanceof AttentionRequired) {
      const { kind, code } = error;
      this.metrics?.failed(activity, 'attention');
      this.logger.warn({ ...context, kind, code }, 'a step waits for a person');
      await this.showWaiting(attempt, code, null);
      return withoutStack({
        type: FAILURE_TYPES.attentionRequired,
        message: code,
        nonRetryable: true,
        details: [{ step, kind }],
      });
    }
    const outage = error instanceof Outage ? error.code : databaseOutage(error);
    if (outage !== null) {
      this.metrics?.failed(activity, 'outage');
      const pause = pauseOf(attempt, error);
      this.logger.warn({ ...context, code: outage }, 'attempt failed');
      this.logger.debug({ ...context, err: error }, 'attempt failed');
      if (!UNSHOWN.includes(outage)) await this.showWaiting(attempt, outage, pause ?? attempt.retryIn);
      return withoutStack({
        type: FAILURE_TYPES.outage,
        message: outage,
        nonRetryable: false,
        details: [{ step }],
        ...(pause === null ? {} : { nextRetryDelay: pause }),
      });
    }
    this.metrics?.failed(activity, error instanceof Contradiction ? 'contradiction' : 'bug');
    return this.unforeseen(attempt, error, context);
  }

  /**
   * A bug, or an unexpected answer, may pass, and a retry is harmless: an effect in doubt is looked up first.
   * A step is parked soon; a decision cannot be parked, so it is retried until the bug is fixed.
   */
  private async unforeseen(attempt: Attempt, error: unknown, context: object): Promise<ApplicationFailure> {
    const { step, retryIn } = attempt;
    const code = error instanceof Contradiction ? error.code : 'bug';
    const isParked = step !== null && (retryIn === null || (await this.goesOnSo(attempt, code)));
    this.logger.error(
      { ...context, code, err: error },
      isParked ? 'a step is parked: it fails in a way that is not provided for' : UNFORESEEN,
    );
    await this.showWaiting(attempt, code, isParked ? null : retryIn);
    return withoutStack({
      type: FAILURE_TYPES.bug,
      message: code,
      nonRetryable: isParked,
      details: [{ step }],
    });
  }

  /** Whether there were enough attempts, and the attempt before failed in the same way. */
  private async goesOnSo({ orderId, step, number }: Attempt, code: string): Promise<boolean> {
    if (step === null || number < UNFORESEEN_ATTEMPTS) return false;
    try {
      return (await this.waits.lastError(orderId, step)) === code;
    } catch {
      // Then it is retried, for as long as the order's policy allows.
      return false;
    }
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

/** A workflow task waits for a local activity, and is not to wait for a provider's limit. */
function priorityOf({ activity, isLocal }: Attempt): CallPriority {
  if (isLocal) return 'immediate';
  return COMPENSATIONS.includes(activity) ? 'compensation' : 'normal';
}

/** The provider's `Retry-After`, where it is longer than the attempt would wait anyway; else null. */
function pauseOf({ retryIn }: Attempt, error: unknown): number | null {
  const asked = error instanceof Outage ? error.retryAfter : undefined;
  if (asked === undefined || retryIn === null || asked <= retryIn) return null;
  return Math.min(asked, LONGEST_PAUSE);
}

/**
 * Fails an attempt once its worker has waited its grace for it. Calls that the attempt had begun still run: they
 * cannot write past the fence of the attempt that takes over, which looks up their outcome at the provider.
 * A cancel by the workflow is no reason to leave: the workflow waits for the answer.
 */
function workerStopped(): Promise<never> {
  return new Promise((_, reject) => {
    Context.current().cancelled.catch((reason: unknown) => {
      // The only type the SDK has for it; see `Worker.shutdown`.
      if (reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN')
        reject(new Outage('worker_stopped'));
    });
  });
}

/** A stack would add only the paths of the worker's files to a history. */
function withoutStack(options: FailureOptions): ApplicationFailure {
  const failure = ApplicationFailure.create(options);
  failure.stack = '';
  return failure;
}

type FailureOptions = Parameters<typeof ApplicationFailure.create>[0];

interface Attempt {
  readonly orderId: OrderId;
  readonly activity: string;
  /** Of the run that asked for it. */
  readonly workflowId: string;
  readonly isLocal: boolean;
  /** Null for the workflow's own decisions, and where an activity follows if this fails. */
  readonly step: StepName | null;
  readonly number: number;
  /** Milliseconds until the next attempt, if this one fails; null when it is the last. */
  readonly retryIn: number | null;
}

function attemptOf([orderId]: unknown[]): Attempt {
  const { activityType, attempt, isLocal, retryPolicy, workflowExecution } = activityInfo();
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
    workflowId: workflowExecution?.workflowId ?? '',
    isLocal,
    step: (isLocal ? undefined : steps[activityType]) ?? null,
    number: attempt,
    retryIn: last ? null : backoff({ initial, max }, attempt),
  };
}

const milliseconds = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);

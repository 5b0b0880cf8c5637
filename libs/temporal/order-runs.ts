import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';

import {
  attentionResolved,
  cancellationRequested,
  ORDER_WORKFLOW,
  type OrderRunInput,
  OrderStatusAttribute,
  orderWorkflowId,
  PAYMENT_SYNC_WORKFLOW,
  paymentAttempted,
  paymentReported,
  paymentSyncRequested,
  type PaymentSyncWorkflowInput,
  paymentSyncWorkflowId,
  REFUND_WORKFLOW,
  refundReported,
  type RefundWorkflowInput,
  refundWorkflowId,
  shipmentReported,
  TASK_QUEUES,
  WORKFLOW_SUMMARIES,
} from '#libs/contracts/workflows/order-workflow';
import { isAboutTheRun } from '#libs/domain/order/attention';
import type { Actor } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { RefundState } from '#libs/domain/refund/refund';
import type { PaymentStatus } from '#libs/domain/order/states';
import type { Answer } from '#libs/persistence/attention/attention.repository';
import type { CancellationRequest } from '#libs/persistence/cancellations/cancellation.repository';
import type { Report } from '#libs/persistence/fulfilment/inbox.repository';
import type { PaymentAttempt } from '#libs/persistence/payments/payment-attempt.repository';
import type { Store } from '#libs/persistence/store';

import { marksAtOnce, type RunMarks } from './run-marks.js';
import { RUN_MEMO, type RunDescription, RunVisibility } from './run-visibility.js';

/** How long a call may take: the caller has stored the request, and the sweeper repeats it. */
const DEADLINE = 5_000;

/** A run that has closed is never started again: its effects are done. */
const ONE_RUN = {
  taskQueue: TASK_QUEUES.orders,
  workflowIdReusePolicy: 'REJECT_DUPLICATE',
  workflowIdConflictPolicy: 'USE_EXISTING',
} as const satisfies Partial<WorkflowStartOptions>;

function orderRun(orderId: OrderId, policy: OrderPolicy) {
  const input: OrderRunInput = { orderId, policy };
  return {
    ...ONE_RUN,
    workflowId: orderWorkflowId(orderId),
    args: [input],
    staticSummary: WORKFLOW_SUMMARIES.order,
    staticDetails: `Its order: GET /orders/${orderId}; what happened to it: GET /orders/${orderId}/events`,
    typedSearchAttributes: [{ key: OrderStatusAttribute, value: 'pending' }],
  };
}

/**
 * The runs of an order and of its refunds: starts them, and signals stored requests to them. Every method may be
 * repeated, and throws only when Temporal cannot be reached; the request stays stored then. A run that is gone
 * counts as signalled: the run that resumes its order reads the books.
 */
export class OrderRuns {
  /** Temporal's data about the runs. */
  readonly visibility: RunVisibility;

  constructor(
    private readonly client: Client,
    private readonly store: Store,
    private readonly marks: RunMarks = marksAtOnce(store),
  ) {
    this.visibility = new RunVisibility(client);
  }

  /**
   * Starts an order's run; does nothing where it was started before, even where it has ended.
   *
   * @param run the number of the run: from the second on it resumes what the run before has left
   */
  async start(orderId: OrderId, policy: OrderPolicy, run = 1): Promise<void> {
    if (run === 1)
      await this.once(() => this.client.workflow.start(ORDER_WORKFLOW, orderRun(orderId, policy)));
    else await this.startAgain(orderId, policy, run);
    await this.marks.started(orderId, run);
  }

  /**
   * Signals a cancellation request to a run. The order may be so new that it has no run yet: then the run is
   * started and signalled in one call. Where the run is gone, another one resumes the order to cancel it.
   */
  async requestCancellation({ orderId, by, policy }: CancellationRequest): Promise<void> {
    const last = await this.store.runs.last(orderId);
    const signal = () => this.signal(() => this.order(orderId).signal(cancellationRequested, { by }));
    if (last?.isStarted) {
      if (!(await signal()) && !(await this.restartCancelled(orderId, last.run))) return;
    } else if (last?.run === 1) {
      await this.startCancelled(orderId, policy, by);
    } else if (last) {
      await this.startLast(orderId);
      // It may have read the books before the request was stored.
      await signal();
    }
    await this.store.cancellations.markSignalled(orderId);
  }

  private async startCancelled(orderId: OrderId, policy: OrderPolicy, by: Actor): Promise<void> {
    const signalled = await this.once(() =>
      this.client.workflow.signalWithStart(ORDER_WORKFLOW, {
        ...orderRun(orderId, policy),
        signal: cancellationRequested,
        signalArgs: [{ by }],
      }),
    );
    await this.store.orders.markStarted(orderId);
    if (!signalled) await this.restartCancelled(orderId, 1);
  }

  /** @returns false where the run exists, or none is started because too many are gone: the request waits */
  private async restartCancelled(orderId: OrderId, run: number): Promise<boolean> {
    const found = await this.visibility.describe(orderId);
    if (found?.status === 'running' || (await this.store.runLook.alarmed()) > 0) return false;
    await this.store.runs.decideRestart(
      await this.store.orders.get(orderId),
      run,
      'cancellation',
      'workflow',
    );
    await this.startLast(orderId);
    return true;
  }

  /** Starts the run that is to resume the order, where there is one. */
  async startLast(orderId: OrderId): Promise<void> {
    const last = await this.store.runs.last(orderId);
    if (last && !last.isStarted) await this.start(orderId, last.policy, last.run);
  }

  /** Signals a run to try another payment method. */
  async attemptPayment(attempt: PaymentAttempt): Promise<void> {
    await this.signal(() =>
      this.order(attempt.orderId).signal(paymentAttempted, { attempt: attempt.attempt }),
    );
    await this.store.paymentAttempts.markSignalled(attempt);
  }

  /** Starts a stored refund's run, unless it runs. */
  async startRefund(refundId: string, orderId: OrderId, policy: OrderPolicy): Promise<void> {
    const input: RefundWorkflowInput = { orderId, refundId, policy };
    await this.once(() =>
      this.client.workflow.start(REFUND_WORKFLOW, {
        ...ONE_RUN,
        // An operator may have ended it before the refund was settled; its effects are idempotent.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowId: refundWorkflowId(refundId),
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.refund,
        staticDetails: `Its order: GET /orders/${orderId}`,
      }),
    );
    await this.store.refunds.markStarted(refundId);
  }

  /** Signals to a run where its parcel is. */
  async reportShipment(report: Report): Promise<void> {
    const signalled = await this.signal(() =>
      this.order(report.orderId).signal(shipmentReported, { eventId: report.eventId, state: report.state }),
    );
    if (!signalled) await this.movedWithoutRun(report.orderId);
    await this.marks.signalled(report);
  }

  /** Has an order's payment synced with the provider: by the sync that is running, or a new one. */
  async requestPaymentSync(orderId: OrderId): Promise<void> {
    const input: PaymentSyncWorkflowInput = { orderId };
    await this.client.withDeadline(Date.now() + DEADLINE, () =>
      this.client.workflow.signalWithStart(PAYMENT_SYNC_WORKFLOW, {
        workflowId: paymentSyncWorkflowId(orderId),
        taskQueue: TASK_QUEUES.orders,
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.payment,
        signal: paymentSyncRequested,
      }),
    );
  }

  /** Has the payment synced, unless a sync is running: for requests that are repeated until they are settled. */
  async ensurePaymentSync(orderId: OrderId): Promise<void> {
    const input: PaymentSyncWorkflowInput = { orderId };
    await this.client.withDeadline(Date.now() + DEADLINE, () =>
      this.client.workflow.start(PAYMENT_SYNC_WORKFLOW, {
        workflowId: paymentSyncWorkflowId(orderId),
        taskQueue: TASK_QUEUES.orders,
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.payment,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  }

  /** Signals an order's payment status to its run. */
  async reportPayment(orderId: OrderId, state: PaymentStatus): Promise<void> {
    const signalled = await this.signal(() => this.order(orderId).signal(paymentReported, { state }));
    if (!signalled) await this.movedWithoutRun(orderId);
  }

  /** Signals a refund's state to its run. */
  async reportRefund(refundId: string, state: RefundState): Promise<void> {
    await this.signal(() =>
      this.client.workflow.getHandle(refundWorkflowId(refundId)).signal(refundReported, { refundId, state }),
    );
  }

  /** Signals an operator's answer to a run, the order's or a refund's; or starts the requested run. */
  async resolveAttention(answer: Answer): Promise<void> {
    const kind = await this.store.attention.kindOf(answer.attentionId);
    if (kind !== null && isAboutTheRun(kind)) {
      await this.startLast(answer.orderId);
      await this.store.attention.markSignalled(answer.attentionId);
      return;
    }
    const refundId = await this.store.attention.refundOf(answer.attentionId);
    const workflowId = refundId === null ? orderWorkflowId(answer.orderId) : refundWorkflowId(refundId);
    await this.signal(() =>
      this.client.workflow
        .getHandle(workflowId)
        .signal(attentionResolved, { attentionId: answer.attentionId, action: answer.action, by: answer.by }),
    );
    await this.store.attention.markSignalled(answer.attentionId);
  }

  /**
   * Starts a further run of an order, once: its id has its number, so a second call finds it, running or closed.
   * A run before it that is still there, and was given up, is ended first.
   */
  private async startAgain(orderId: OrderId, policy: OrderPolicy, run: number): Promise<void> {
    const found = await this.visibility.describe(orderId);
    if (found && found.run >= run) return;
    if (found?.status === 'running') await this.end(orderId, found, 'another run takes the order up');
    const input: OrderRunInput = { orderId, policy, run };
    await this.once(() =>
      this.client.workflow.start(ORDER_WORKFLOW, {
        ...orderRun(orderId, policy),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        args: [input],
        memo: { [RUN_MEMO]: run },
      }),
    );
  }

  /** Ends a run that has nothing to do any more; does nothing where it has ended. */
  async end(orderId: OrderId, { runId }: Pick<RunDescription, 'runId'>, reason: string): Promise<void> {
    await this.signal(async () => {
      await this.client.workflow.getHandle(orderWorkflowId(orderId), runId).terminate(reason);
    });
  }

  /** Opens an attention again where an operator acknowledged a lost run, and money or the parcel moves. */
  private async movedWithoutRun(orderId: OrderId): Promise<void> {
    if (!(await this.store.runs.isGone(orderId))) return;
    const last = await this.store.runs.last(orderId);
    const found = await this.visibility.describe(orderId);
    if (!last || found?.status === 'running') return;
    const order = await this.store.orders.get(orderId);
    await this.store.attention.flagClosedRun(order, found?.status ?? 'missing', last.run);
  }

  private order(orderId: OrderId) {
    return this.client.workflow.getHandle(orderWorkflowId(orderId));
  }

  /** @returns false where there was a run, or one before */
  private async once(start: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.client.withDeadline(Date.now() + DEADLINE, start);
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /** @returns false where the run is gone */
  private async signal(send: () => Promise<void>): Promise<boolean> {
    try {
      await this.client.withDeadline(Date.now() + DEADLINE, send);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}

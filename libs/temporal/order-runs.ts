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
  type OrderWorkflowInput,
  OrderStatusAttribute,
  orderWorkflowId,
  PAYMENT_WORKFLOW,
  paymentAttempted,
  paymentReported,
  paymentTold,
  type PaymentWorkflowInput,
  paymentWorkflowId,
  REFUND_WORKFLOW,
  refundReported,
  type RefundWorkflowInput,
  refundWorkflowId,
  shipmentReported,
  TASK_QUEUES,
  WORKFLOW_SUMMARIES,
} from '#libs/contracts/order-workflow';
import type { OrderId } from '#libs/order/order-id';
import type { OrderPolicy } from '#libs/order/policy';
import type { RefundState } from '#libs/order/refund';
import type { PaymentStatus } from '#libs/order/states';
import type { Answer } from '#libs/store/attention.repository';
import type { CancellationWish } from '#libs/store/cancellation.repository';
import type { Report } from '#libs/store/inbox.repository';
import type { PaymentAttempt } from '#libs/store/payment-attempt.repository';
import type { Store } from '#libs/store/store';

/** How long a call may take: whoever nudges has stored the request, and the sweeper repeats it. */
const DEADLINE = 5_000;

/** A run that has been is never begun again: what it did is done. */
const ONE_RUN = {
  taskQueue: TASK_QUEUES.orders,
  workflowIdReusePolicy: 'REJECT_DUPLICATE',
  workflowIdConflictPolicy: 'USE_EXISTING',
} as const satisfies Partial<WorkflowStartOptions>;

function orderRun(orderId: OrderId, policy: OrderPolicy) {
  const input: OrderWorkflowInput = { orderId, policy };
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
 * The runs of an order and of its refunds: started and told what is stored. Every method is safe to repeat, and throws
 * only when Temporal cannot be reached; what it was to tell stays stored then.
 */
export class OrderRuns {
  constructor(
    private readonly client: Client,
    private readonly store: Store,
  ) {}

  /** Starts an accepted order's run; one that was started before, even one that has ended, is left alone. */
  async start(orderId: OrderId, policy: OrderPolicy): Promise<void> {
    await this.once(() => this.client.workflow.start(ORDER_WORKFLOW, orderRun(orderId, policy)));
    await this.store.orders.markStarted(orderId);
  }

  /**
   * Tells a run that its order is to be cancelled. The order may be so new that it has no run yet: that one is
   * started and told in one call. A run that is over counts as told.
   */
  async requestCancellation({ orderId, by, policy }: CancellationWish): Promise<void> {
    await this.once(() =>
      this.client.workflow.signalWithStart(ORDER_WORKFLOW, {
        ...orderRun(orderId, policy),
        signal: cancellationRequested,
        signalArgs: [{ by }],
      }),
    );
    await this.store.orders.markStarted(orderId);
    await this.store.cancellations.markSignalled(orderId);
  }

  /** Tells a run to try another payment method. A run that is gone counts as told. */
  async attemptPayment(attempt: PaymentAttempt): Promise<void> {
    await this.tell(() =>
      this.client.workflow
        .getHandle(orderWorkflowId(attempt.orderId))
        .signal(paymentAttempted, { attempt: attempt.attempt }),
    );
    await this.store.paymentAttempts.markSignalled(attempt);
  }

  /** Starts a stored refund's run, unless it runs. */
  async startRefund(refundId: string, orderId: OrderId, policy: OrderPolicy): Promise<void> {
    const input: RefundWorkflowInput = { orderId, refundId, policy };
    await this.once(() =>
      this.client.workflow.start(REFUND_WORKFLOW, {
        ...ONE_RUN,
        // Somebody may have ended it before the refund was settled; what it does again is done once.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowId: refundWorkflowId(refundId),
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.refund,
        staticDetails: `Its order: GET /orders/${orderId}`,
      }),
    );
    await this.store.refunds.markStarted(refundId);
  }

  /** Tells a run where its parcel is. A run that is gone counts as told. */
  async reportShipment(report: Report): Promise<void> {
    await this.tell(() =>
      this.client.workflow
        .getHandle(orderWorkflowId(report.orderId))
        .signal(shipmentReported, { eventId: report.eventId, state: report.state }),
    );
    await this.store.inbox.markSignalled(report);
  }

  /** Has somebody look at the provider for an order: the run that does so already, or a new one. */
  async tellPayment(orderId: OrderId): Promise<void> {
    const input: PaymentWorkflowInput = { orderId };
    await this.client.withDeadline(Date.now() + DEADLINE, () =>
      this.client.workflow.signalWithStart(PAYMENT_WORKFLOW, {
        workflowId: paymentWorkflowId(orderId),
        taskQueue: TASK_QUEUES.orders,
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.payment,
        signal: paymentTold,
      }),
    );
  }

  /** Has somebody look, unless somebody does already: for what is repeated until it has been seen to. */
  async lookAtPayment(orderId: OrderId): Promise<void> {
    const input: PaymentWorkflowInput = { orderId };
    await this.client.withDeadline(Date.now() + DEADLINE, () =>
      this.client.workflow.start(PAYMENT_WORKFLOW, {
        workflowId: paymentWorkflowId(orderId),
        taskQueue: TASK_QUEUES.orders,
        args: [input],
        staticSummary: WORKFLOW_SUMMARIES.payment,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  }

  /** Tells an order's run how its payment stands. A run that is gone counts as told. */
  async reportPayment(orderId: OrderId, state: PaymentStatus): Promise<void> {
    await this.tell(() =>
      this.client.workflow.getHandle(orderWorkflowId(orderId)).signal(paymentReported, { state }),
    );
  }

  /** Tells a refund's run how the refund stands. A run that is gone counts as told. */
  async reportRefund(refundId: string, state: RefundState): Promise<void> {
    await this.tell(() =>
      this.client.workflow.getHandle(refundWorkflowId(refundId)).signal(refundReported, { refundId, state }),
    );
  }

  /** Tells a run, the order's or a refund's, what an operator answered. A run that is gone counts as told. */
  async resolveAttention(answer: Answer): Promise<void> {
    const refundId = await this.store.attention.refundOf(answer.attentionId);
    const workflowId = refundId === null ? orderWorkflowId(answer.orderId) : refundWorkflowId(refundId);
    await this.tell(() =>
      this.client.workflow
        .getHandle(workflowId)
        .signal(attentionResolved, { attentionId: answer.attentionId, action: answer.action, by: answer.by }),
    );
    await this.store.attention.markSignalled(answer.attentionId);
  }

  /** How a run was closed, as its status, or `missing` where there is none; null while it is alive. */
  async closedBecause(orderId: OrderId): Promise<string | null> {
    try {
      const { status } = await this.client.withDeadline(Date.now() + DEADLINE, () =>
        this.client.workflow.getHandle(orderWorkflowId(orderId)).describe(),
      );
      return status.name === 'RUNNING' ? null : status.name.toLowerCase();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'missing';
      throw error;
    }
  }

  private async once(start: () => Promise<unknown>): Promise<void> {
    try {
      await this.client.withDeadline(Date.now() + DEADLINE, start);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  private async tell(signal: () => Promise<void>): Promise<void> {
    try {
      await this.client.withDeadline(Date.now() + DEADLINE, signal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

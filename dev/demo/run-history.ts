import type { Client } from '@temporalio/client';

import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { OrderId } from '#libs/domain/order/order-id';

/** A timer of a run. Times are Temporal's own, so a slow machine makes none of them shorter. */
export interface RunTimer {
  /** What it was set to. Milliseconds. */
  readonly setTo: number;
  /** How long it took to fire; undefined where it was canceled, or still runs. Milliseconds. */
  readonly tookTo: number | undefined;
}

/** The history of an order's run, which Temporal writes as it happens. */
export interface RunHistory {
  readonly timers: readonly RunTimer[];
  /** The attempt that ended each activity, and whether the one before it timed out without a heartbeat. */
  readonly activities: readonly {
    readonly name: string;
    readonly attempt: number;
    readonly heartbeatMissed: boolean;
  }[];
  readonly signals: readonly string[];
}

/** TIMEOUT_TYPE_HEARTBEAT of Temporal's API. */
const HEARTBEAT = 4;

export async function runHistory(client: Client, orderId: OrderId): Promise<RunHistory> {
  const { events } = await client.workflow.getHandle(orderWorkflowId(orderId)).fetchHistory();
  const all = events ?? [];
  const timers = all.flatMap(({ timerStartedEventAttributes: started, eventTime }) => {
    if (!started) return [];
    const fired = all.find(({ timerFiredEventAttributes: end }) => end?.timerId === started.timerId);
    const tookTo = fired && milliseconds(fired.eventTime) - milliseconds(eventTime);
    return [{ setTo: milliseconds(started.startToFireTimeout), tookTo }];
  });
  const names = new Map(
    all.map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      eventId?.toString() ?? '',
      scheduled?.activityType?.name ?? '',
    ]),
  );
  const activities = all.flatMap(({ activityTaskStartedEventAttributes: started }) => {
    if (!started) return [];
    const heartbeatMissed = Number(started.lastFailure?.timeoutFailureInfo?.timeoutType) === HEARTBEAT;
    const name = names.get(started.scheduledEventId?.toString() ?? '') ?? '';
    return [{ name, attempt: started.attempt ?? 1, heartbeatMissed }];
  });
  const signals = all.flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
  );
  return { timers, activities, signals };
}

/** Of a time or a length of time, as Temporal's API has them. */
function milliseconds(
  time: { seconds?: { toString(): string } | null; nanos?: number | null } | null | undefined,
): number {
  return Number(time?.seconds?.toString() ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
}

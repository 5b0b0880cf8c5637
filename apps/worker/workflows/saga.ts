import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';

import type { DecisionActivities, OrderEnd, ReturnReason, UndoAnswer } from '#libs/contracts/activities';
import { type OrderOutcome, progress } from '#libs/contracts/order-workflow';
import type { EndReason } from '#libs/order/end';
import type { OrderId } from '#libs/order/order-id';
import type { OrderPolicy } from '#libs/order/policy';
import { STEP_RULES, type StepName } from '#libs/order/steps';

import type { AttentionDesk, Ticket } from './attention-desk.js';
import { stepFailure } from './step-failure.js';
import type { OrderSign } from './visibility.js';

/** How seldom an undo that keeps failing is tried at the least, in milliseconds. */
const RAREST_UNDO = 3_600_000;

type Undo = (why: ReturnReason) => Promise<UndoAnswer>;

/** What the body of a saga is written in. */
export interface Steps {
  /** Runs a step once, retried and parked as the policy says; its undo is registered before it starts. */
  step(name: StepName, run: () => Promise<void>, undo?: Undo): Promise<void>;
  /** Runs a part of the body that must be over in `window` milliseconds. */
  within(window: number, part: () => Promise<void>): Promise<void>;
  /** Runs one step's undo although the order goes on to its end. */
  takeBack(name: StepName, why: ReturnReason): Promise<void>;
}

/** The order cannot go on: how it will end, once everything is undone. */
class Fall extends Error {
  override readonly name = 'Fall';
  constructor(
    readonly status: 'rejected' | 'cancelled',
    readonly reason: EndReason,
    readonly why: ReturnReason,
  ) {
    super(reason.code);
  }
}

/**
 * Runs the body to its end, or takes everything back, newest first. When an undo answers that it comes too
 * late, the body runs again with finished steps skipped, and can no longer be cancelled.
 */
export async function saga(
  orderId: OrderId,
  policy: OrderPolicy,
  sign: OrderSign,
  desk: AttentionDesk,
  { beginCancellation, closeOrder }: DecisionActivities,
  body: (steps: Steps) => Promise<'delivered' | 'undelivered'>,
): Promise<OrderOutcome> {
  const running = new Set<StepName>();
  const done = new Set<StepName>();
  const undone = new Set<StepName>();
  const undos: { readonly name: StepName; readonly undo: Undo }[] = [];
  let windowPassed = false;

  setHandler(progress, () => ({ done: [...done], running: [...running], undone: [...undone] }));

  const steps: Steps = {
    async step(name, run, undo) {
      if (done.has(name)) return;
      if (undo && !undos.some((entry) => entry.name === name)) undos.unshift({ name, undo });
      running.add(name);
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
      }
    },

    async within(window, part) {
      if (windowPassed) return;
      let expired = false;
      const timer = new CancellationScope();
      const scope = new CancellationScope();
      const rings = timer
        .run(() => sleep(window))
        .then(
          () => {
            expired = true;
            scope.cancel();
          },
          () => undefined,
        );
      try {
        // A step that finishes although it was asked to stop counts as done, and so may the whole part.
        await scope.run(part);
      } catch (error) {
        if (!expired || !isCancellation(error)) throw error;
        throw new Fall('rejected', { code: 'reservation_expired', by: 'workflow' }, 'expired');
      } finally {
        timer.cancel();
        await rings;
      }
      windowPassed = true;
      sign.status('confirmed');
    },

    async takeBack(name, why) {
      const entry = undos.find((candidate) => candidate.name === name);
      if (entry)
        await CancellationScope.nonCancellable(() => takeBackPatiently(entry.name, () => entry.undo(why)));
    },
  };

  /** What becomes of a step that failed. @throws Fall when the order cannot go on without it */
  async function afterFailure(name: StepName, error: unknown): Promise<'retry' | 'skip'> {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    // A step that failed after it was asked to stop is not tried again.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`${name} was cancelled`);
    const { refusal } = STEP_RULES[name];
    if (failure.refused && refusal) {
      throw new Fall(refusal.status, { code: refusal.end, by: 'workflow' }, 'refused');
    }
    const answer = await parked(name, failure.code);
    if (answer?.action === 'fail') {
      throw new Fall('cancelled', { code: 'operator_failed', by: answer.by }, 'cancelled');
    }
    return answer?.action === 'skip' ? 'skip' : 'retry';
  }

  async function parked(name: StepName, reason: string) {
    const ticket = await desk.open('parked', name, reason);
    try {
      return await ticket.answered();
    } finally {
      await ticket.close();
    }
  }

  /**
   * Runs an undo without end: once its budget is spent somebody is told, and it goes on trying, ever more
   * slowly, so that a fault which lasts for days does not fill the history.
   */
  async function takeBackPatiently(name: StepName, undo: () => Promise<UndoAnswer>): Promise<UndoAnswer> {
    let ticket: Ticket | undefined;
    let patience = policy.retry.max;
    for (;;) {
      try {
        const answer = await undo();
        await ticket?.close();
        return answer;
      } catch (error) {
        const failure = stepFailure(error);
        if (failure === null) throw error;
        ticket ??= await desk.open('parked', name, failure.code, true);
        patience = Math.min(patience * 2, Math.max(policy.retry.max, RAREST_UNDO));
        if ((await ticket.answered(patience)) !== undefined) {
          await ticket.close();
          ticket = undefined;
          patience = policy.retry.max;
        }
      }
    }
  }

  /** Takes everything back. @returns false when it is too late for that */
  async function unwind(fall: Fall): Promise<boolean> {
    if (fall.status === 'cancelled') {
      const status = await beginCancellation(orderId, fall.reason);
      sign.status(status);
      if (status !== 'cancelling') return false;
    }
    for (let next = undos[0]; next; next = undos[0]) {
      const { name, undo } = next;
      if ((await takeBackPatiently(name, () => undo(fall.why))) === 'too_late') {
        sign.status(name === 'ship' ? 'shipped' : 'confirmed');
        return false;
      }
      undone.add(name);
      done.delete(name);
      undos.shift();
    }
    return true;
  }

  async function close(end: OrderEnd): Promise<OrderOutcome> {
    await condition(allHandlersFinished);
    await closeOrder(orderId, end);
    sign.status(end.status);
    return end.status;
  }

  for (let scope = new CancellationScope(); ; scope = new CancellationScope({ cancellable: false })) {
    try {
      const status = await scope.run(() => body(steps));
      return await CancellationScope.nonCancellable(() => close({ status }));
    } catch (error) {
      const fall = fallOf(error);
      if (await CancellationScope.nonCancellable(() => unwind(fall))) {
        return await CancellationScope.nonCancellable(() =>
          close({ status: fall.status, reason: fall.reason }),
        );
      }
      // What could not be undone is done, and with it everything that comes before it.
      for (const { name } of undos) done.add(name);
      windowPassed = true;
    }
  }
}

/** Waits for all, so that none is left running behind a failure; then fails as the first that fell did. */
export async function together(...parts: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(parts);
  const errors: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  if (errors.length > 0) throw errors.find((error) => !isCancellation(error)) ?? errors[0];
}

/** A cancellation asked through Temporal means what one through the API means. @throws anything else: a fault */
function fallOf(error: unknown): Fall {
  if (error instanceof Fall) return error;
  if (isCancellation(error)) return new Fall('cancelled', { code: 'cancelled', by: 'temporal' }, 'cancelled');
  throw error;
}

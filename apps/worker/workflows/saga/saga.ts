import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';

import type {
  DecisionActivities,
  EndAnswer,
  OrderEnd,
  ReturnReason,
  UndoAnswer,
} from '#libs/contracts/workflows/activities';
import { cancellationRequested, type OrderOutcome, progress } from '#libs/contracts/workflows/order-workflow';
import type { EndCode, EndReason } from '#libs/domain/order/end';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { OrderStanding } from '#libs/domain/order/standing';
import { endOnRefusal, type StepName, STEPS } from '#libs/domain/order/steps';

import type { AttentionDesk } from './attention-desk.js';
import { Fall } from './fall.js';
import { patiently } from './patience.js';
import { type StepFailure, stepFailure } from './step-failure.js';
import type { OrderSign } from '../visibility.js';

type Undo = (why: ReturnReason) => Promise<UndoAnswer>;

/** What the body of a saga is written in. */
export interface Steps {
  /** Runs a step once, retried and parked as the policy says; its undo is registered before it starts. */
  step(name: StepName, run: () => Promise<void>, undo?: Undo): Promise<void>;
  /** Runs a part of the body that must be over before `over` is, whatever that waits for; null where it is already. */
  within(limit: Limit, over: (() => Promise<void>) | null, part: () => Promise<void>): Promise<void>;
  /** Runs one step's undo, again if it has run before, although the order goes on to its end. */
  takeBack(name: StepName, why: ReturnReason): Promise<void>;
}

/** How an order ends when a part of it does not come to its end in time. */
interface Limit {
  readonly status: 'rejected' | 'cancelled';
  readonly code: EndCode;
  readonly why: ReturnReason;
  /** The step that ends the part: once it is done, the part is not run again. */
  readonly until: StepName;
}

/** What a saga is about, and what it tells. */
interface Subject {
  readonly orderId: OrderId;
  readonly policy: OrderPolicy;
  readonly sign: OrderSign;
  readonly desk: AttentionDesk;
  readonly decisions: DecisionActivities;
  /** Tells the shopper that the order did not come about. */
  readonly farewells: Readonly<Record<Fall['status'], () => Promise<void>>>;
  /** Where the order stood when this run took it up; null for its first run. */
  readonly standing: OrderStanding | null;
}

/**
 * Runs the body to its end, or takes everything back, newest first. When an undo answers that it comes too
 * late, the body runs again with finished steps skipped; once the parcel travels, it can no longer be cancelled.
 */
export async function saga(
  { orderId, policy, sign, desk, decisions, farewells, standing }: Subject,
  body: (steps: Steps) => Promise<'delivered' | 'undelivered'>,
): Promise<OrderOutcome> {
  const running = new Set<StepName>();
  const done = new Set<StepName>(standing?.done);
  const undone = new Set<StepName>();
  const undos: { readonly name: StepName; readonly undo: Undo }[] = [];
  /** Every undo there has been, also those that have run. */
  const undoOf = new Map<StepName, Undo>();
  /** Who wishes to cancel, the first of them first. */
  const wishes: EndReason[] = standing?.wish ? [standing.wish] : [];
  /** Whether the parcel is out of our hands: nothing falls any more. */
  let committed = standing?.isAway ?? false;
  /** How the order was falling when this run took it up. */
  let falling = fallBefore(standing);
  /** Whether a run before this one did what is done, so that its undos are yet to be registered. */
  let taking = standing !== null;
  let stop = (): void => undefined;

  setHandler(cancellationRequested, ({ by }) => {
    wishes.push({ code: 'cancelled', by });
    stop();
  });
  const inOrder = (names: ReadonlySet<StepName>) => STEPS.filter((name) => names.has(name));
  setHandler(progress, () => ({ done: inOrder(done), running: inOrder(running), undone: [...undone] }));

  const steps: Steps = {
    async step(name, run, undo) {
      if (undo && !undos.some((entry) => entry.name === name)) undos.unshift({ name, undo });
      if (undo) undoOf.set(name, undo);
      if (done.has(name)) return;
      running.add(name);
      sign.steps(running);
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
        sign.steps(running);
      }
    },

    async within(limit, over, part) {
      if (done.has(limit.until)) return taking ? part() : undefined;
      if (committed) return part();
      let expired = false;
      const timer = new CancellationScope();
      const scope = new CancellationScope();
      const expire = () => {
        expired = true;
        scope.cancel();
      };
      // Where it was over before this run took the order up, no step is begun any more.
      if (over === null) expire();
      const rings = timer.run(over ?? (async () => undefined)).then(expire, () => undefined);
      try {
        // A step that finishes although it was asked to stop counts as done, and so may the whole part.
        await scope.run(part);
      } catch (error) {
        if (!expired || !isCancellation(error)) throw error;
        throw new Fall(limit.status, { code: limit.code, by: 'workflow' }, limit.why);
      } finally {
        timer.cancel();
        await rings;
      }
    },

    async takeBack(name, why) {
      const undo = undoOf.get(name);
      if (undo) await CancellationScope.nonCancellable(() => patiently(policy, desk, name, () => undo(why)));
    },
  };

  /** What becomes of a step that failed. @throws Fall when the order cannot go on without it */
  async function afterFailure(name: StepName, error: unknown): Promise<'retry' | 'skip'> {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    // A step that failed after it was asked to stop is not tried again.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`${name} was cancelled`);
    const refusal = endOnRefusal(name, failure.code);
    if (failure.refused && refusal && !committed) {
      throw new Fall(refusal.status, { code: refusal.end, by: 'workflow' }, 'refused');
    }
    const answer = await parked(name, failure);
    if (answer?.action === 'fail') {
      // Nothing can be taken back any more, so the order goes on without it.
      if (committed) return 'skip';
      throw new Fall('cancelled', { code: 'operator_failed', by: answer.by }, 'cancelled');
    }
    return answer?.action === 'skip' ? 'skip' : 'retry';
  }

  async function parked(name: StepName, { asks, code }: StepFailure) {
    const ticket = await desk.open(asks, name, code);
    try {
      return await ticket.answered();
    } finally {
      await ticket.close();
    }
  }

  /** Takes everything back. @returns false when it is too late for that */
  async function unwind(fall: Fall): Promise<boolean> {
    if (fall.status === 'cancelled') {
      const status = await decisions.beginCancellation(orderId, fall.reason);
      sign.status(status);
      // Cancelled it is where a run is repeated from before its end.
      if (status !== 'cancelling' && status !== 'cancelled') {
        committed = true;
        return false;
      }
    }
    for (let next = undos[0]; next; next = undos[0]) {
      const { name, undo } = next;
      if ((await patiently(policy, desk, name, () => undo(fall.why))) === 'too_late') {
        committed = name === 'ship';
        sign.status(committed ? 'shipped' : 'confirmed');
        return false;
      }
      undone.add(name);
      done.delete(name);
      undos.shift();
    }
    return true;
  }

  /** Writes an end. What has come to be owed by then goes back first, however often something does. */
  async function written(write: () => Promise<EndAnswer>, why: ReturnReason): Promise<EndAnswer> {
    for (;;) {
      const answer = await write();
      if (answer.is !== 'owing') return answer;
      await steps.takeBack('charge', why);
    }
  }

  async function close(end: OrderEnd, why: ReturnReason): Promise<EndAnswer> {
    await condition(allHandlersFinished);
    const answer = await written(() => decisions.closeOrder(orderId, end), why);
    if (answer.is === 'ended') sign.status(end.status);
    return answer;
  }

  /** Takes an order back and ends it; and tells its shopper. @returns false when it is too late */
  async function takenBack(fall: Fall): Promise<false | OrderOutcome> {
    if (!(await unwind(fall))) return false;
    const { status, reason } = fall;
    const end: OrderEnd = { status, reason };
    const { is } = await written(() => decisions.endOrder(orderId, end), 'cancelled');
    if (is === 'ended') {
      sign.status(status);
      await steps.step('notify', farewells[status]);
    }
    const answer = await close(end, 'cancelled');
    return answer.is === 'confirmed' ? takenBack(new Fall('cancelled', answer.reason, 'cancelled')) : status;
  }

  if (standing?.closedAs) return standing.closedAs;
  for (let cancellable = !committed; ;) {
    const scope = new CancellationScope({ cancellable });
    stop = () => (cancellable ? scope.cancel() : undefined);
    if (wishes.length > 0 || falling) stop();
    try {
      const status = await scope.run(() => body(steps));
      await CancellationScope.nonCancellable(() => close({ status }, 'undelivered'));
      return status;
    } catch (error) {
      const fall = falling ?? fallOf(error, wishes);
      falling = null;
      taking = false;
      stop = () => undefined;
      const end = await CancellationScope.nonCancellable(() => takenBack(fall));
      if (end) return end;
      // What could not be undone is done, and with it everything that comes before it.
      for (const { name } of undos) done.add(name);
      // A payment that came through at the last moment can still be cancelled; a parcel that travels cannot.
      cancellable = fall.why === 'expired';
    }
  }
}

/**
 * Tells of what is done beside doing it. What is told holds nothing up: where the doing fails, the telling is ended and
 * waited for, so that none of it is left running.
 */
export async function beside(telling: () => Promise<void>, doing: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  const told = scope.run(telling).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  try {
    await doing();
  } catch (error) {
    scope.cancel();
    await told;
    throw error;
  }
  const failure = await told;
  if (failure !== null) throw failure.error;
}

function fallBefore(standing: OrderStanding | null): Fall | null {
  if (!standing?.takenBack) return null;
  const { status, reason, why } = standing.takenBack;
  return new Fall(status, reason, why);
}

/** A cancellation asked through Temporal means what one through the API does. @throws anything else: a fault */
function fallOf(error: unknown, [wish]: readonly EndReason[]): Fall {
  if (error instanceof Fall) return error;
  if (isCancellation(error))
    return new Fall('cancelled', wish ?? { code: 'cancelled', by: 'temporal' }, 'cancelled');
  throw error;
}

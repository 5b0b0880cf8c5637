import { sleep } from '@temporalio/workflow';

import type { PaymentAnswer, ReservedOrder } from '#libs/contracts/workflows/activities';
import type { OrderId } from '#libs/domain/order/order-id';
import type { OrderPolicy } from '#libs/domain/order/policy';
import type { ResumePoint } from '#libs/domain/order/resume-point';

import { type orderActivities, stepsWithin, withoutFirstAttempt } from './saga/activity-options.js';
import type { orderPayment } from './payment.js';
import { type Limit, type Steps, timeIsUp } from './saga/saga.js';
import type { OrderSearchAttributes } from './visibility.js';

/** The steps until an order is paid: validate, reserve, charge. */
interface Beginning {
  readonly orderId: OrderId;
  readonly policy: OrderPolicy;
  readonly steps: ReturnType<typeof orderActivities>['steps'];
  readonly payment: ReturnType<typeof orderPayment>;
  readonly searchAttributes: OrderSearchAttributes;
  /** Where this run resumes the order; null for its first run. */
  readonly resumePoint: Pick<ResumePoint, 'reservationLeft' | 'graceLeft'> | null;
}

/** How an order ends whose reservation expires before it is paid. */
const RESERVATION: Limit = {
  status: 'rejected',
  code: 'reservation_expired',
  reversal: 'expired',
  until: 'charge',
};
const GRACE = { summary: 'Charge begins' };

/** Each step by an activity of its own; workflow version 1. */
export function reserveThenCharge({
  orderId,
  policy,
  steps,
  payment,
  searchAttributes,
  resumePoint,
}: Beginning) {
  const reservationLeft = resumePoint?.reservationLeft ?? policy.reservationTtl;
  const reservationEnd =
    reservationLeft > 0 ? () => sleep(reservationLeft, { summary: 'Reservation ends' }) : null;
  const releaseStock = () => steps.releaseStock(orderId);

  return ({ step, withTimeout }: Steps) =>
    withTimeout(RESERVATION, reservationEnd, async () => {
      await step('validate', async () => searchAttributes.setOrderNumber(await steps.validateOrder(orderId)));
      await step('reserve', () => steps.reserveStock(orderId), releaseStock);
      const grace = resumePoint?.graceLeft ?? policy.graceBeforeCharge;
      if (grace > 0) await sleep(grace, GRACE);
      await step(
        'charge',
        () => payment.collect(() => steps).then(() => searchAttributes.setStatus('confirmed')),
        payment.reverse,
      );
    });
}

/**
 * One activity validates, reserves, and tries to charge; what is missing after it is done by the steps as they are. The
 * reservation ends without a timer, unless something waits.
 */
export function reserveAndCharge({
  orderId,
  policy,
  steps,
  payment,
  searchAttributes,
  resumePoint,
}: Beginning) {
  const deadline = Date.now() + (resumePoint?.reservationLeft ?? policy.reservationTtl);
  const left = () => Math.max(deadline - Date.now(), 1);

  return ({ step, register, withDeadline }: Steps) =>
    withDeadline(RESERVATION, deadline, async () => {
      const grace = resumePoint?.graceLeft ?? policy.graceBeforeCharge;
      const chargesAtOnce = grace <= 0 && policy.retry.attempts > 1;
      let answer: PaymentAnswer | null = null;
      let failedAtOnce = false;
      let pause = policy.retry.initial;
      register('reserve', () => steps.releaseStock(orderId));
      if (chargesAtOnce) register('charge', payment.reverse);
      await step('reserve', async () => {
        const within = stepsWithin(policy, left());
        const begun: ReservedOrder = chargesAtOnce
          ? await within.reserveAndCharge(orderId)
          : { number: await within.validateAndReserve(orderId), payment: null };
        searchAttributes.setOrderNumber(begun.number);
        answer = begun.payment;
        failedAtOnce = chargesAtOnce && answer === null;
        pause = Math.max(pause, begun.retryAfter ?? 0);
      });
      await step('validate', alreadyDone);
      if (grace > 0) await sleep(Math.min(grace, left()), GRACE);
      if (failedAtOnce) await sleep(Math.min(pause, left()), { summary: 'Next attempt to charge' });
      await step(
        'charge',
        async () => {
          const begun = { answer, deadline, expired: () => timeIsUp(RESERVATION) };
          const rules = failedAtOnce ? withoutFirstAttempt(policy) : policy;
          [answer, failedAtOnce] = [null, false];
          await payment.collect(() => stepsWithin(rules, left()), begun);
          searchAttributes.setStatus('confirmed');
        },
        payment.reverse,
      );
    });
}

/** The activity of `reserve` has validated, too. */
const alreadyDone = async () => undefined;

/**
 * Every sentence that explains an order, by its code, with `{name}` for a parameter. Codes and parameters are stable, so
 * that a page can say the same in another language.
 */
export const SENTENCES = {
  // What holds the order up, or what a person has to know: one for each kind of attention.
  step_parked:
    '{task} did not succeed after {attempts} attempts: {problem}. It is not tried again by itself.',
  undo_parked:
    '{task} did not succeed: {problem}. It is tried again by itself, with longer and longer pauses.',
  refund_parked:
    'A refund could not be made: {problem}. It is tried again by itself, with longer and longer pauses.',
  paid_less: 'Less was paid than the order comes to. The parcel is held back.',
  paid_more: 'More was paid than the order comes to. The parcel is held back.',
  delivery_overdue: 'The carrier has reported nothing about the parcel for so long that it may be lost.',
  contradicting_event: 'The carrier reported something that does not fit how the order stands.',
  contradicting_answer:
    'The payment provider answered something that does not fit this order: {problem}. Nothing of it was booked.',
  tracking_conflict:
    'Another parcel on its way has the same tracking number, so it is not known which of them the carrier means.',
  run_closed: 'The processing of this order was ended from outside. Nothing goes on by itself.',
  run_stuck_workflow_task_failing:
    'The processing of this order fails in a program of ours. It goes on by itself once the program is corrected.',
  run_stuck_no_worker_for_version:
    'No program that can go on with this order runs at the moment. It goes on by itself once one does.',
  refund_failed: 'A refund failed: the money did not go back to the shopper.',
  late_payment: 'Money came after the order had ended. It is being sent back.',
  dispute_opened: 'The shopper complained about the payment at their bank.',
  discrepancy: "The payment provider's books differ from ours about this order.",

  // How the order stands.
  step_retrying: '{task} fails at the moment: {problem}. {attempts} attempts of {most} have failed.',
  undo_retrying: '{task} fails at the moment: {problem}. {attempts} attempts have failed.',
  not_started: 'The order was accepted, and its processing has not begun.',
  in_grace:
    'The goods are reserved. The payment is taken after a pause in which the order can still be cancelled.',
  working: 'The order is being processed: {task}.',
  shopper_must_act: 'The shopper has to confirm the payment, such as in the app of their bank.',
  payment_settling: 'The payment was started, and is not settled yet.',
  payment_declined: 'The payment was declined. The shopper may try another payment method.',
  waits_for_pick_up: 'The parcel is ready, and the carrier has not picked it up yet.',
  on_its_way: 'The carrier has the parcel.',
  arrived: 'The parcel arrived. What is left is to tell the shopper.',
  coming_back: 'The parcel came back or is lost, and the money goes back.',
  cancelling: 'The order is being cancelled: what was done for it is undone.',
  ended_delivered: 'The parcel arrived, and everything is done.',
  ended_returned: 'The parcel came back to the sender.',
  ended_lost: 'The parcel was lost.',
  ended_rejected_invalid: 'The order was rejected: the goods, or the address, cannot be delivered.',
  ended_rejected_out_of_stock: 'The order was rejected: not all of the goods are in stock.',
  ended_rejected_payment_declined: 'The order was rejected: the payment was declined.',
  ended_rejected_payment_expired: 'The order was rejected: it was not paid in time.',
  ended_rejected_reservation_expired:
    'The order was rejected: it was not paid in the time for which goods are reserved.',
  ended_cancelled: 'The order was cancelled on request.',
  ended_cancelled_authorization_expiring:
    'The order was cancelled: the money was held only for a time, which ended before the parcel was ready.',
  ended_cancelled_payment_voided:
    'The order was cancelled: the payment was released at the payment provider.',
  ended_cancelled_capture_failed: 'The order was cancelled: the money that was held could not be taken.',
  ended_cancelled_carrier_refused: 'The order was cancelled: the carrier does not deliver to this address.',
  ended_cancelled_operator_failed: 'The order was given up by a person of the shop.',

  // What comes next.
  person_decides: 'A person of the shop has to decide. Until then the order waits.',
  person_looks: 'A person of the shop looks at it. The order does not wait for that.',
  tried_again: 'It is tried again by itself, next at {at}.',
  tried_again_soon: 'It is tried again by itself.',
  goes_on: 'The order goes on by itself.',
  payment_taken: 'The payment is taken by itself.',
  goes_on_when_paid: 'The order goes on by itself once it is paid.',
  carrier_reports: 'The order goes on by itself with what the carrier reports.',
  money_returns: 'The money that was taken goes back to the shopper by itself.',
  corrected_by_shop: "It goes on by itself once the shop's technicians have corrected it.",
  nothing_left: 'Nothing is left to do.',

  // What becomes of it at the latest date.
  then_person_asked: 'A person of the shop is asked, if it does not succeed before.',
  then_rejected: 'The order is rejected and the goods are released, if it is not paid before.',
  then_charged: 'The payment is taken.',
  then_carrier_asked:
    'The carrier is asked where the parcel is, and then a person of the shop, if nothing is reported before.',

  // What else is so.
  cancellation_requested: 'A cancellation was requested, and is not decided yet.',
  cancellation_refused: 'A cancellation was requested, and refused: {problem}.',
  refunds_under_way: 'Money is on its way back to the shopper (refunds under way: {refunds}).',
  answer_given: 'A person of the shop has answered ({answer}), and the order has not gone on with it yet.',
  call_under_way: 'A call to a provider is under way since {since}, or its outcome is not known yet: {task}.',
  dispute_open: "The shopper's complaint at their bank: {status}.",

  // What a person may do.
  retry: 'Try it again, once the cause is gone.',
  retry_undo: 'Try it again now.',
  give_up: 'Give the order up: what was done is undone, and money that was taken goes back.',
  skip_mail: 'Go on without this mail.',
  say_arrived: 'Say that the parcel arrived.',
  say_lost: 'Say that the parcel is lost: the money goes back.',
  accept_amount: 'Take the amount that was paid, and send the parcel.',
  restart_run: 'Have the processing taken up again.',
  undo_by_run: 'Have everything undone that was done for the order.',
  acknowledge: 'Say that a person has taken care of it.',
  cancel: 'Cancel the order.',
  refund_all: 'Refund what is left of the money.',
  refund_part: 'Refund a part of the money.',
  try_other_method: 'Try another payment method.',
  hand_over_to_shopper: "Give the shopper's browser what it needs to confirm the payment.",
} as const;

export type SentenceCode = keyof typeof SENTENCES;
export const SENTENCE_CODES = Object.keys(SENTENCES) as SentenceCode[];

/** A sentence in English, with what it was made of. */
export interface Sentence {
  readonly code: SentenceCode;
  readonly message: string;
  /** Codes, numbers and times; never personal data. */
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** @param words what is said instead of a parameter, by its name: a code is not for people */
export function sentence(
  code: SentenceCode,
  parameters: Sentence['parameters'] = {},
  words: Readonly<Record<string, string>> = {},
): Sentence {
  const message = SENTENCES[code].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = words[name] ?? parameters[name];
    if (value === undefined) throw new Error(`the sentence ${code} has no ${name}`);
    return String(value);
  });
  return { code, message: message.charAt(0).toUpperCase() + message.slice(1), parameters };
}

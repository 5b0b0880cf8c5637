import fc from 'fast-check';

import type { Command } from '../command.js';
import { answerAttention } from './answer-attention.js';
import { bankDecides, holdLapses } from './bank-decides.js';
import { cancelOrder } from './cancel-order.js';
import { eventsRepeat, parcelMoves, strangeParcel } from './carrier-events.js';
import { deliverEvents } from './deliver-events.js';
import { disputeEnds, disputeOpens } from './disputes.js';
import { moneyMoves } from './follow-money.js';
import { forgetKeys } from './forget-keys.js';
import { freezeWorker } from './freeze-worker.js';
import { killApi } from './kill-api.js';
import { killWorker, startWorker } from './kill-worker.js';
import { placeOrder, placeOrderAtDyingApi } from './place-order.js';
import { refundSettles } from './refund-settles.js';
import { refuseMail } from './refuse-mail.js';
import { repeatOrder } from './repeat-order.js';
import { requestRefund } from './request-refund.js';
import { scriptFault } from './script-fault.js';
import { shopperActs } from './shopper-acts.js';
import { standStill } from './stand-still.js';
import { tryAnotherMethod } from './try-another-method.js';
import { wait } from './wait.js';
import { cancellation } from './request-cancellation.js';

/** Every command, with its weight. A new kind of fault is a file and a line. */
const COMMANDS: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Command> }[] = [
  { weight: 6, arbitrary: placeOrder },
  { weight: 1, arbitrary: placeOrderAtDyingApi },
  { weight: 2, arbitrary: repeatOrder },
  { weight: 10, arbitrary: scriptFault },
  { weight: 2, arbitrary: forgetKeys },
  { weight: 3, arbitrary: refuseMail },
  // A process takes a while to start, and a killed worker's activities time out 4 s later: these cost time.
  { weight: 1, arbitrary: killWorker },
  { weight: 2, arbitrary: startWorker },
  { weight: 1, arbitrary: freezeWorker },
  { weight: 25, arbitrary: standStill },
  { weight: 1, arbitrary: killApi },
  { weight: 10, arbitrary: parcelMoves },
  { weight: 2, arbitrary: eventsRepeat },
  { weight: 1, arbitrary: strangeParcel },
  { weight: 1, arbitrary: cancelOrder },
  { weight: 30, arbitrary: moneyMoves },
  // Whether or not that can happen just then.
  { weight: 2, arbitrary: cancellation },
  { weight: 1, arbitrary: shopperActs },
  { weight: 1, arbitrary: bankDecides },
  { weight: 1, arbitrary: holdLapses },
  { weight: 1, arbitrary: tryAnotherMethod },
  { weight: 2, arbitrary: requestRefund },
  { weight: 1, arbitrary: refundSettles },
  { weight: 1, arbitrary: disputeOpens },
  { weight: 1, arbitrary: disputeEnds },
  { weight: 4, arbitrary: deliverEvents },
  { weight: 4, arbitrary: answerAttention },
  { weight: 10, arbitrary: wait },
];

const MOST = 12;

/** A few commands one after the other: an order, and what follows. */
export const story: fc.Arbitrary<[Command, Iterable<Command>]> = fc.tuple(
  fc.oneof(placeOrder, standStill),
  fc.commands([fc.oneof(...COMMANDS)], { maxCommands: MOST, size: 'max' }),
);

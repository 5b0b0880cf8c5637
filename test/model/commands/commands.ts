import fc from 'fast-check';

import type { Command } from '../command.js';
import { answerAttention } from './answer-attention.js';
import { cancelOrder } from './cancel-order.js';
import { eventsRepeat, parcelMoves, strangeParcel } from './carrier-events.js';
import { forgetKeys } from './forget-keys.js';
import { freezeWorker } from './freeze-worker.js';
import { killApi } from './kill-api.js';
import { killWorker, startWorker } from './kill-worker.js';
import { placeOrder, placeOrderAtDyingApi } from './place-order.js';
import { refuseMail } from './refuse-mail.js';
import { repeatOrder } from './repeat-order.js';
import { scriptFault } from './script-fault.js';
import { wait } from './wait.js';

/** Everything that may be done to the system, with how often. A new kind of trouble is a file and a line. */
const COMMANDS: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Command> }[] = [
  { weight: 6, arbitrary: placeOrder },
  { weight: 1, arbitrary: placeOrderAtDyingApi },
  { weight: 2, arbitrary: repeatOrder },
  { weight: 10, arbitrary: scriptFault },
  { weight: 2, arbitrary: forgetKeys },
  { weight: 3, arbitrary: refuseMail },
  // A killed worker's activities are given up 4 s later, so these cost time.
  { weight: 2, arbitrary: killWorker },
  { weight: 2, arbitrary: startWorker },
  { weight: 1, arbitrary: freezeWorker },
  { weight: 2, arbitrary: killApi },
  { weight: 8, arbitrary: parcelMoves },
  { weight: 2, arbitrary: eventsRepeat },
  { weight: 1, arbitrary: strangeParcel },
  { weight: 4, arbitrary: cancelOrder },
  { weight: 4, arbitrary: answerAttention },
  { weight: 10, arbitrary: wait },
];

const MOST = 9;

/** A few things that happen one after the other: an order, and what follows. */
export const story: fc.Arbitrary<[Command, Iterable<Command>]> = fc.tuple(
  placeOrder,
  fc.commands([fc.oneof(...COMMANDS)], { maxCommands: MOST, size: 'max' }),
);

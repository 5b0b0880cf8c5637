import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Response } from 'express';

import type { Answer, Outcome } from './answer.js';
import type { AppliedFault, FaultName } from './faults.js';

/** A call of an operation, in the parts that a fault can replace or delay. */
export interface OperationCall {
  /** Does the work, without waiting for anything, and returns the answer. */
  readonly work: () => Answer;
  readonly serverError: () => Answer;
  readonly rateLimited: () => Answer;
  readonly refusal: () => Answer;
}

interface FaultyCall {
  readonly call: OperationCall;
  readonly delay: number;
  readonly response: Response;
  /** Aborted when the sandbox closes. */
  readonly closing: AbortSignal;
}

const FAULTS: Readonly<Record<FaultName, (faulty: FaultyCall) => Promise<Outcome> | Outcome>> = {
  slow: async ({ call, delay, closing }) => {
    try {
      await sleep(delay, undefined, { signal: closing });
    } catch {
      return 'no answer';
    }
    return call.work();
  },
  500: ({ call }) => call.serverError(),
  429: ({ call }) => call.rateLimited(),
  never: async ({ response }): Promise<Outcome> => {
    if (!response.destroyed) await once(response, 'close');
    return 'no answer';
  },
  drop_before: () => 'no answer',
  drop_after: ({ call }) => {
    call.work();
    return 'no answer';
  },
  refuse: ({ call }) => call.refusal(),
};

/** Runs a call with the fault that applies to it, if one does. A caller that leaves stops nothing. */
export async function runCall(
  call: OperationCall,
  fault: AppliedFault | undefined,
  { response, closing }: Pick<FaultyCall, 'response' | 'closing'>,
): Promise<Outcome> {
  if (!fault) return call.work();
  return FAULTS[fault.fault]({ call, delay: fault.delay, response, closing });
}

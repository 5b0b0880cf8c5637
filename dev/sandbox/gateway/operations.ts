import type { Request, Response } from 'express';
import stringify from 'safe-stable-stringify';

import { type Answer, type Outcome, send } from '../answer.js';
import type { Faults, Operation } from '../faults.js';
import { type OperationCall, runCall } from '../faulty-call.js';
import type { WrongAnswers } from '../wrong-answers.js';
import type { IdempotencyKeys, KeyedCall } from './idempotency-keys.js';
import type { ObjectLocks } from './object-locks.js';
import { StripeProblem } from './stripe-problem.js';

export interface GatewayOperation {
  /** What faults are scripted for; undefined for reads of tests, which have none. */
  readonly name?: Operation | undefined;
  /** The object that no other call may change meanwhile. */
  readonly holds?: string | undefined;
  /** The objects that the answer contains in place of their ids. */
  readonly expand?: readonly string[] | undefined;
  /** Does the work, without waiting for anything. @throws StripeProblem */
  readonly execute: () => object;
  /** Refuses it. @throws StripeProblem */
  readonly refuse: () => object;
}

/** Runs the gateway's operations: under their idempotency key, on a locked object, with the scripted fault. */
export class Operations {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly locks: ObjectLocks,
    private readonly faults: Faults,
    private readonly wrong: WrongAnswers,
    private readonly expanded: (answer: object, expand: readonly string[] | undefined) => object,
    private readonly closing: AbortSignal,
  ) {}

  async run(request: Request, response: Response, operation: GatewayOperation): Promise<void> {
    const call = keyedCall(request);
    const replay = call && this.keys.begin(call);
    try {
      send(response, await this.#outcome(operation, response, call, replay));
    } finally {
      if (call && !replay) this.keys.finish(call);
    }
  }

  async #outcome(
    operation: GatewayOperation,
    response: Response,
    call: KeyedCall | undefined,
    replay: Answer | undefined,
  ): Promise<Outcome> {
    const fault = operation.name && this.faults.take(operation.name, { replay: replay !== undefined });
    const answer = (work: () => object) => {
      const { began, ...answered } = attempt(() => this.expanded(work(), operation.expand));
      if (call && began) this.keys.keep(call, answered);
      return answered;
    };
    const operationCall: OperationCall = {
      work: () => this.wrong.given(operation.name, replay ?? answer(operation.execute)),
      serverError: () => answer(serverError),
      rateLimited: () => answer(rateLimited),
      refusal: () => answer(operation.refuse),
    };
    const run = () => runCall(operationCall, fault, { response, closing: this.closing });
    if (replay || operation.holds === undefined) return run();
    return this.locks.holding(operation.holds, run);
  }
}

function keyedCall(request: Request): KeyedCall | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined) return undefined;
  return {
    key,
    endpoint: `${request.baseUrl}${request.path}`,
    parameters: stringify(request.body ?? {}) ?? '',
  };
}

function attempt(work: () => object): Answer & { began: boolean } {
  try {
    return { status: 200, body: work(), began: true };
  } catch (error) {
    if (error instanceof StripeProblem) return { ...error.answer, began: error.began };
    throw error;
  }
}

function serverError(): never {
  throw new StripeProblem('api_error', 'An unknown error occurred');
}

function rateLimited(): never {
  throw new StripeProblem(
    'rate_limit',
    'Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.',
  );
}

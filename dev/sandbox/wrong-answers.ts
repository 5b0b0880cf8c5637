import { z } from 'zod';

import type { Answer } from './answer.js';
import { OPERATIONS, type Operation } from './faults.js';

/** An answer that does not match the call, although the work was done. */
export const wrongAnswerSchema = z.strictObject({
  operation: z.enum(OPERATIONS),
  /** How many answers are wrong. */
  times: z.int().min(1).max(10_000).default(1),
  /** Fields of the answer, and their values instead, such as another amount, currency or order. */
  changes: z.record(z.string(), z.unknown()).default({}),
  /** Another status, such as 408 or a redirect. */
  status: z.int().min(200).max(599).optional(),
  /** The text in place of JSON, such as a page, or JSON that breaks off. */
  text: z.string().max(10_000).optional(),
});
type WrongAnswer = z.infer<typeof wrongAnswerSchema>;

/** The wrong answers that were scripted and have not been given yet. */
export class WrongAnswers {
  #waiting: WrongAnswer[] = [];

  add(wrong: WrongAnswer): WrongAnswer {
    this.#waiting.push(wrong);
    return wrong;
  }

  /** The remaining answers, in the order they will be given. */
  list(): readonly WrongAnswer[] {
    return this.#waiting;
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The wrong answer to a call. */
  given(operation: Operation | undefined, right: Answer): Answer {
    const wrong = this.#waiting.find((each) => each.operation === operation);
    if (!wrong) return right;
    this.#waiting = this.#waiting.flatMap((each) => {
      if (each !== wrong) return [each];
      return each.times > 1 ? [{ ...each, times: each.times - 1 }] : [];
    });
    const { changes, status, text } = wrong;
    return {
      ...right,
      ...(status === undefined ? {} : { status }),
      ...(text === undefined ? {} : { text }),
      body: isObject(right.body) ? { ...right.body, ...changes } : right.body,
    };
  }
}

const isObject = (body: unknown): body is object => typeof body === 'object' && body !== null;

import type fc from 'fast-check';

import type { Model } from './model.js';
import type { Real } from './real.js';

export type Command = fc.AsyncCommand<Model, Real>;

/**
 * An action on the system, or an event that happens to it.
 *
 * @param words how a failing run reports it
 * @param isPossible whether it makes sense in the current state; otherwise it is left out
 */
export function command(
  words: string,
  act: (model: Model, real: Real) => Promise<void>,
  isPossible: (model: Model) => boolean = () => true,
): Command {
  return {
    check: isPossible,
    async run(model, real) {
      model.done.push(words);
      await act(model, real);
    },
    toString: () => words,
  };
}

import { once } from 'node:events';

import { ExplainedError } from '#libs/explained-error';

/** A signal, or the end of the program that started this one, has ended it. */
export class Interrupted extends ExplainedError {
  override readonly name = 'Interrupted';

  constructor() {
    super('Interrupted.');
  }
}

export interface Interruption {
  /** Aborted by the first signal, and by everything else that keeps the program from continuing. */
  readonly stopping: AbortController;
  /** Aborted by the second signal. */
  readonly hurry: AbortSignal;
  /** Does what a signal would. */
  interrupt(): void;
  /** @throws the reason of the abort, once there is one */
  stopped(): Promise<never>;
}

/** Listens for what ends a program that has others to stop first: the first Ctrl-C stops, the second hurries. */
export function listenForInterruption(): Interruption {
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const interrupt = () => {
    if (stopping.signal.aborted) hurrying.abort();
    else stopping.abort(new Interrupted());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return {
    stopping,
    hurry: hurrying.signal,
    interrupt,
    async stopped() {
      if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
      throw stopping.signal.reason;
    },
  };
}

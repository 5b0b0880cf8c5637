import { once } from 'node:events';

import { whenNpmEnds } from './parent.js';

/** A person, or npm, has ended the program. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface Interruption {
  /** Aborted by the first Ctrl-C, and by whatever else keeps the program from going on. */
  readonly stopping: AbortController;
  /** Aborted by the second. */
  readonly hurry: AbortSignal;
  /** @throws what stopped the program, once something has */
  stopped(): Promise<never>;
}

/** Listens for what ends a program that has others to stop first: the first Ctrl-C stops, the second hurries. */
export function listenForInterruption(): Interruption {
  const stopping = new AbortController();
  const hurrying = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) hurrying.abort();
      else stopping.abort(new Interrupted());
    });
  }
  whenNpmEnds(() => stopping.abort(new Interrupted()));
  return {
    stopping,
    hurry: hurrying.signal,
    async stopped() {
      if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
      throw stopping.signal.reason;
    },
  };
}

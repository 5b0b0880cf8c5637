import type { TraceHeader } from '#libs/contracts/workflows/trace-header';

/** A wait at least so long ends a trace, in milliseconds: what follows would stretch it over days. */
const LONG_WAIT = 10_000;
/** How many signals an activity is linked to at most. */
const LINKS = 8;

/**
 * The trace that a run's next activity belongs to. It is the one of the start, until the run waits: a signal that ends
 * the wait brings its own trace, a timer leaves each activity a new one. Both are linked to where the run comes from.
 * Nothing is made up here, so a replay finds the same.
 */
export class RunTrace {
  private origin: string | null = null;
  private current: string | null = null;
  /** Whether a long wait has ended without a signal. */
  private hasWaited = false;
  private pending = 0;
  private signals: string[] = [];

  started(header: TraceHeader | null): void {
    this.origin = this.current = header?.traceparent ?? null;
  }

  /** A signal that comes while something runs ends no wait: the next activity is only linked to it. */
  signalled(header: TraceHeader | null): void {
    if (header?.traceparent === undefined) return;
    if (this.pending > 0) {
      this.signals = [...this.signals, header.traceparent].slice(-LINKS);
    } else {
      this.current = header.traceparent;
      this.hasWaited = false;
    }
  }

  /** @param duration of the timer that has fired, in milliseconds */
  timerFired(duration: number): void {
    if (this.pending === 0 && duration >= LONG_WAIT) this.hasWaited = true;
  }

  /** Something is begun whose result the run waits for. @returns its header; null where no trace is known */
  begun(): TraceHeader | null {
    this.pending += 1;
    const header = this.next();
    this.signals = [];
    return header;
  }

  ended(): void {
    this.pending -= 1;
  }

  /** The header of a child run, or of a signal to another run, meanwhile. */
  next(): TraceHeader | null {
    const { origin, current, hasWaited } = this;
    const from = [hasWaited ? current : null, current === origin ? null : origin];
    const links = new Set([...from.filter((at) => at !== null), ...this.signals]);
    const parent = hasWaited || current === null ? {} : { traceparent: current };
    const header = { ...parent, ...(links.size > 0 ? { links: [...links].join(',') } : {}) };
    return Object.keys(header).length > 0 ? header : null;
  }
}

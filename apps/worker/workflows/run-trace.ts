import type { TraceHeader } from '#libs/contracts/workflows/trace-header';

/** A wait at least so long ends a trace, in milliseconds: what follows would stretch it over days. */
const LONG_WAIT = 10_000;
/** How many signals an activity is linked to at most. */
const LINKS = 8;

type Place = Pick<TraceHeader, 'traceparent' | 'tracestate'>;

/**
 * The trace that a run's next activity belongs to. It is the one of the start, until the run waits: a signal that ends
 * the wait brings its own trace, a timer leaves each activity a new one. Both are linked to where the run comes from.
 * Nothing is made up here, so a replay finds the same.
 */
export class RunTrace {
  private origin: Place | null = null;
  private current: Place | null = null;
  /** Whether a long wait has ended without a signal. */
  private hasWaited = false;
  private pending = 0;
  private signals: string[] = [];

  started(header: TraceHeader | null): void {
    this.origin = this.current = placeOf(header);
  }

  /** A signal that comes while something runs ends no wait: the next activity is only linked to it. */
  signalled(header: TraceHeader | null): void {
    const place = placeOf(header);
    if (place?.traceparent === undefined) return;
    if (this.pending > 0) {
      this.signals = [...this.signals, place.traceparent].slice(-LINKS);
    } else {
      this.current = place;
      this.hasWaited = false;
    }
  }

  /** @param duration of the timer that has fired, in milliseconds */
  timerFired(duration: number): void {
    if (this.pending === 0 && duration >= LONG_WAIT) this.hasWaited = true;
  }

  /** Something is begun whose result the run waits for. @returns what to tell it; null where no trace is known */
  begun(): TraceHeader | null {
    this.pending += 1;
    const header = this.next();
    this.signals = [];
    return header;
  }

  ended(): void {
    this.pending -= 1;
  }

  /** What is told to others meanwhile. */
  next(): TraceHeader | null {
    const { origin, current, hasWaited } = this;
    const place = hasWaited ? null : current;
    const from = [hasWaited ? current : null, current === origin ? null : origin];
    const links = new Set([...from.flatMap((at) => at?.traceparent ?? []), ...this.signals]);
    if (place === null && links.size === 0) return null;
    return { ...place, ...(links.size > 0 ? { links: [...links].join(',') } : {}) };
  }
}

function placeOf(header: TraceHeader | null): Place | null {
  if (header?.traceparent === undefined) return null;
  const { traceparent, tracestate } = header;
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
}

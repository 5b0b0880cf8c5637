/** Attributes of a span, named by OpenTelemetry's semantic conventions. Never a value of a person. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** `traceparent` of the span above, where another process says it; null for a trace of its own. */
  readonly parent?: string | null;
  /** `traceparent` of spans that led here, and belong to other traces. */
  readonly links?: readonly string[];
}

/** How a line of the log names the span it was written in. */
export interface SpanIds {
  readonly trace_id: string;
  readonly span_id: string;
}

export interface Span {
  readonly ids: SpanIds;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Marks it as failed, once. @param type a code or the name of a class, never a message */
  fail(type: string): void;
  end(): void;
  /** Runs something within it. */
  run<T>(inside: () => T): T;
}

export interface Tracer {
  start(name: string, options?: SpanOptions): Span;
  /** The span that code runs in; null outside of any. */
  current(): SpanIds | null;
  /**
   * The same for another process (https://www.w3.org/TR/trace-context/). A caller's `tracestate` is not passed on: it may
   * hold anything, and from Temporal's histories nothing can be removed.
   */
  traceparent(): string | null;
  /** Exports what is left. */
  stop(): Promise<void>;
}

/** Null while no traces are exported: then nothing is measured, and nothing of OpenTelemetry's SDK is loaded. */
let tracer: Tracer | null = null;

export const activeTracer = (): Tracer | null => tracer;

/** Has all spans of this process made by a tracer, or by none. */
export function useTracer(next: Tracer | null): void {
  tracer = next;
}

/** The span that code runs in, for the log. */
export const currentSpan = (): SpanIds | null => tracer?.current() ?? null;

/** Runs something in a span; it fails with what is thrown. */
export function inSpan<T>(name: string, options: SpanOptions, run: (span: Span | null) => T): T {
  return tracer === null ? run(null) : measured(tracer.start(name, options), run);
}

/** The same below a span: work that no request and no order asked for makes no traces. */
export function inChildSpan<T>(name: string, options: SpanOptions, run: (span: Span | null) => T): T {
  return tracer === null || tracer.current() === null
    ? run(null)
    : measured(tracer.start(name, options), run);
}

function measured<T>(span: Span, run: (span: Span) => T): T {
  const failed = (error: unknown) => {
    span.fail(errorType(error));
    span.end();
  };
  try {
    const result = span.run(() => run(span));
    if (result instanceof Promise) result.then(() => span.end(), failed);
    else span.end();
    return result;
  } catch (error) {
    failed(error);
    throw error;
  }
}

/** What a failure is called: its code, or that of its cause, else its class. Its message may quote values. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return codeOf(error) ?? codeOf(error.cause) ?? error.name;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

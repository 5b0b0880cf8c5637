/** The header that carries a trace through Temporal, named as by the interceptors of its SDKs for other languages. */
export const TRACE_HEADER = '_tracer-data';

/** What the header holds: where spans belong, and which spans of other traces led there. */
export interface TraceHeader {
  readonly traceparent?: string;
  /** `traceparent`s, separated by commas. */
  readonly links?: string;
}

/** Reads what a header holds: it may come from another program. */
export function traceHeader(value: unknown): TraceHeader {
  if (typeof value !== 'object' || value === null) return {};
  const text = (name: keyof TraceHeader) => {
    const held: unknown = Reflect.get(value, name);
    return typeof held === 'string' ? { [name]: held } : {};
  };
  return { ...text('traceparent'), ...text('links') };
}

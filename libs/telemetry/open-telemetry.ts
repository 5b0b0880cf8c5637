import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';

import type { Logger } from './logger.js';
import type { Span, SpanAttributes, SpanIds, SpanOptions, Tracer } from './tracing.js';
import { WatchedExporter } from './watched-exporter.js';

/** Milliseconds for the last export: a collector that is away must not delay the stop of a process. */
const LAST_EXPORT = 2_000;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Spans by OpenTelemetry's SDK, which reads its own variables: sampler, limits, batches, resource attributes. */
export class OpenTelemetry implements Tracer {
  private readonly provider;
  private readonly tracer;
  private readonly propagator = new W3CTraceContextPropagator();

  /** @param service what the spans are called the service of, unless OTEL_SERVICE_NAME says it */
  constructor(exporter: SpanExporter, service: string, logger: Logger) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const own = resourceFromAttributes({
      'service.name': service,
      'service.instance.id': randomUUID(),
      'host.name': hostname(),
    });
    this.provider = new BasicTracerProvider({
      resource: defaultResource()
        .merge(own)
        .merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(new WatchedExporter(exporter, logger))],
    });
    this.tracer = this.provider.getTracer('order-processing');
  }

  start(name: string, { kind = 'internal', attributes = {}, parent, links = [] }: SpanOptions = {}): Span {
    const above = parent === undefined ? context.active() : this.contextOf(parent);
    const span = this.tracer.startSpan(
      name,
      { kind: KINDS[kind], attributes, links: links.flatMap(linkTo) },
      above,
    );
    return new ActiveSpan(span, trace.setSpan(above, span));
  }

  current(): SpanIds | null {
    const found = trace.getSpanContext(context.active());
    return found ? { trace_id: found.traceId, span_id: found.spanId } : null;
  }

  traceparent(): string | null {
    const headers: Record<string, string> = {};
    this.propagator.inject(context.active(), headers, defaultTextMapSetter);
    return headers['traceparent'] ?? null;
  }

  async stop(): Promise<void> {
    const over = new Promise((resolve) => setTimeout(resolve, LAST_EXPORT).unref());
    await Promise.race([this.provider.shutdown().catch(() => undefined), over]);
  }

  private contextOf(traceparent: string | null): Context {
    return traceparent === null
      ? ROOT_CONTEXT
      : this.propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
  }
}

class ActiveSpan implements Span {
  readonly ids: SpanIds;
  private hasFailed = false;

  constructor(
    private readonly span: OtelSpan,
    private readonly within: Context,
  ) {
    const { traceId, spanId } = span.spanContext();
    this.ids = { trace_id: traceId, span_id: spanId };
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    for (const [name, value] of Object.entries(attributes))
      if (value !== undefined) this.span.setAttribute(name, value);
  }

  fail(type: string): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }

  run<T>(inside: () => T): T {
    return context.with(this.within, inside);
  }
}

function linkTo(traceparent: string) {
  const linked = parseTraceParent(traceparent);
  return linked ? [{ context: linked }] : [];
}

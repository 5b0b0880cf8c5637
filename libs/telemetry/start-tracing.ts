import type { Environment } from '#libs/config/environment';

import type { Logger } from './logger.js';
import { activeTracer, useTracer } from './tracing.js';

export type TraceSettings = Environment<'traces'>['traces'];

/** Starts to export traces, where there is a collector to send them to. */
export async function startTracing(settings: TraceSettings, service: string, logger: Logger): Promise<void> {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = settings;
  const endpoint = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || OTEL_SDK_DISABLED || OTEL_TRACES_EXPORTER === 'none') return;
  // The SDK reads the environment itself, and knows no files.
  for (const [name, value] of Object.entries(settings))
    if (value !== undefined) process.env[name] ??= String(value);
  const { OpenTelemetry } = await import('./open-telemetry.js');
  const { OTLPTraceExporter } =
    settings.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  useTracer(new OpenTelemetry(new OTLPTraceExporter(), service, logger));
  logger.info({ endpoint: new URL(endpoint).host, service }, 'traces are exported');
}

/** Exports what is left, in a bounded time; then no more spans are made. */
export async function stopTracing(): Promise<void> {
  const tracer = activeTracer();
  useTracer(null);
  await tracer?.stop();
}

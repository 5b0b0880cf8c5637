import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

import { z } from 'zod';

import { eventually } from './eventually.js';

/** A span as a collector receives it, in the JSON of https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const Attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .default([])
  .transform((all): Record<string, unknown> =>
    Object.fromEntries(all.map(({ key, value }) => [key, Object.values(value)[0]])),
  );
const ReceivedSpan = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  kind: z.number(),
  status: z.object({ code: z.number().default(0), message: z.string().optional() }).optional(),
  attributes: Attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
});
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(ReceivedSpan) })),
    }),
  ),
});

export type CollectedSpan = z.output<typeof ReceivedSpan> & {
  /** Of its process. */
  readonly resource: Readonly<Record<string, unknown>>;
};

/** Where processes send their spans to, over HTTP; it reads JSON only. */
export class Collector {
  readonly requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  /** What was received, as it came. */
  readonly bodies: string[] = [];
  readonly spans: CollectedSpan[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Collector> {
    const server = createServer((request, response) => {
      request
        .toArray()
        .then((chunks) => {
          const { url = '', headers } = request;
          collector.requests.push({ url, headers });
          if (headers['content-type'] === 'application/json')
            collector.take(Buffer.concat(chunks).toString('utf8'));
          response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        })
        .catch(() => response.writeHead(400).end());
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the collector is closed');
    const collector = new Collector(server, `http://127.0.0.1:${address.port}`);
    return collector;
  }

  /** What has a process send its spans here, soon. */
  get environment() {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: this.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_BSP_MAX_QUEUE_SIZE: '50000',
    };
  }

  of(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** The first span of that name about an order, as soon as it was received. */
  async about(order: string, name: string): Promise<CollectedSpan> {
    const find = () =>
      this.spans.filter((span) => span.name === name && span.attributes['order.id'] === order);
    const [found] = await eventually(find, (spans) => spans.length > 0);
    if (!found) throw new Error('there is none');
    return found;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }

  private take(body: string): void {
    this.bodies.push(body);
    for (const { resource, scopeSpans } of Export.parse(JSON.parse(body)).resourceSpans)
      for (const { spans } of scopeSpans)
        this.spans.push(...spans.map((span) => ({ ...span, resource: resource.attributes })));
  }
}

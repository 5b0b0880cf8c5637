import { inChildSpan, type SpanAttributes } from '#libs/telemetry/tracing';

/** Bytes of an answer. The largest, pages of 100 of Stripe's objects, have some hundred kilobytes. */
const LARGEST = 8 * 1024 * 1024;

/**
 * `fetch` for calls to those whose answers we need and do not control: it follows no redirect, which would take keys
 * and addresses of customers to any host the answer names, and reads no more than the largest answer. Both fail
 * as a broken connection does. OWASP API10:2023.
 */
export async function providerFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await tracedFetch(url, { ...init, redirect: 'error' });
  const { body, status, statusText, headers } = response;
  if (!body) return response;
  // `fetch` forgets the signal once its request was garbage collected, which can be before the body has ended.
  const limited = body.pipeThrough(atMost(LARGEST), init?.signal ? { signal: init.signal } : {});
  return new Response(limited, { status, statusText, headers });
}

/** Its span ends with the headers of the answer. No header of ours goes to a provider for it. */
async function tracedFetch(url: string | URL | Request, init: RequestInit): Promise<Response> {
  const method = init.method ?? 'GET';
  return inChildSpan(method, { kind: 'client' }, async (span) => {
    span?.set(attributesOf(method, url));
    const response = await fetch(url, init);
    span?.set({ 'http.response.status_code': response.status });
    if (response.status >= 400) span?.fail(String(response.status));
    return response;
  });
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/; a query may have values of a person. */
function attributesOf(method: string, url: string | URL | Request): SpanAttributes {
  const { protocol, host, hostname, port, pathname } = new URL(url instanceof Request ? url.url : url);
  return {
    'http.request.method': method,
    'url.full': `${protocol}//${host}${pathname}`,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  };
}

class AnswerTooLong extends Error {
  readonly code = 'ERR_ANSWER_TOO_LONG';
}

/** Counted as it is read, so that neither a wrong length nor compression gets around it. */
function atMost(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let read = 0;
  return new TransformStream({
    transform(chunk, controller) {
      read += chunk.byteLength;
      if (read > limit) controller.error(new AnswerTooLong(`the answer is longer than ${limit} bytes`));
      else controller.enqueue(chunk);
    },
  });
}

/** Bytes of an answer. The largest, pages of 100 of Stripe's objects, have some hundred kilobytes. */
const LARGEST = 8 * 1024 * 1024;

/**
 * `fetch` for calls to those whose answers we need and do not control: it follows no redirect, which would take keys
 * and addresses of customers to any host the answer names, and reads no more than the largest answer. Both fail
 * as a broken connection does. OWASP API10:2023.
 */
export async function providerFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  const { body, status, statusText, headers } = response;
  if (!body) return response;
  // `fetch` forgets the signal once its request was garbage collected, which can be before the body has ended.
  const limited = body.pipeThrough(atMost(LARGEST), init?.signal ? { signal: init.signal } : {});
  return new Response(limited, { status, statusText, headers });
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

import type { ServerResponse } from 'node:http';

const STREAMING = 'streaming';

/** Says that a response has begun and stays open: metrics and spans measure until here. */
export const markStreaming = (response: ServerResponse): boolean => response.emit(STREAMING);

/** Calls once, when a response is over: closed, or marked as one that stays open. */
export function onceAnswered(response: ServerResponse, call: (isStreaming: boolean) => void): void {
  const answered = (isStreaming: boolean) => {
    response.off(STREAMING, streaming).off('close', closed);
    call(isStreaming);
  };
  const streaming = () => answered(true);
  const closed = () => answered(false);
  response.once(STREAMING, streaming).once('close', closed);
}

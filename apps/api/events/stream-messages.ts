import type { EventView } from '#libs/contracts/http/event.api';

/**
 * Messages of Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). An event has no name,
 * so that a reader that listens to `message` gets those of types that it does not know, too.
 */
export const eventMessage = (event: EventView) => `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`;

/** Where the stream stands. A message without data only sets what the reader sends as `Last-Event-ID`. */
export const positionMessage = (position: number) => `id: ${position}\n\n`;

/** A comment, which readers leave out, and where the stream stands. */
export const heartbeatMessage = (position: number) => `: heartbeat\n${positionMessage(position)}`;

/** Events were removed that the reader has not read: the stream goes on behind a place without them. */
export const resetMessage = (position: number) =>
  `event: reset\nid: ${position}\ndata: ${JSON.stringify({ cursor: String(position) })}\n\n`;

/** How long the reader waits before it opens the stream again. @param delay milliseconds */
export const retryMessage = (delay: number) => `retry: ${Math.round(delay)}\n\n`;

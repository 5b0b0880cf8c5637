import type { IncomingMessage, ServerResponse } from 'node:http';

import type { LoggedPaths } from './logged-path.js';

/** The path of an order, or of something that belongs to one. */
const ORDER = /^\/orders\/([0-9a-f-]{36})(?:\/|$)/;

/** The order that a request placed, or that its path names. */
export function orderOfRequest(
  request: IncomingMessage,
  response: ServerResponse,
  paths: LoggedPaths,
): string | undefined {
  return ORDER.exec(String(response.getHeader('location') ?? paths.of(request.url ?? '')))?.[1];
}

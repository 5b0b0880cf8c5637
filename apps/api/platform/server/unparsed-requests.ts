import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Logger } from 'pino';

import { type ProblemCode, PROBLEMS } from '#libs/contracts/http/problems';

import type { InFlightRequests } from './in-flight-requests.js';
import { problemDocument } from '../problems/problem-document.js';
import { ProblemError } from '../problems/problem-error.js';
import { requestId } from '../logging/request-id.js';

/** Problems by the error codes of Node's HTTP parser and time-outs; any other is malformed_request. */
const BY_CODE: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
};

/** Milliseconds for the client to read the response before the connection is reset. */
const LINGER_TIMEOUT = 1_000;

/** Answers malformed and incomplete requests with RFC 9457 problem details. */
export function answerUnparsed(server: Server, inFlight: InFlightRequests, log: Logger): void {
  const answer = (socket: Duplex, code: ProblemCode) => {
    if (socket.writableEnded) return;
    const [first, ...others] = inFlight.of(socket);
    // The client would take this for the response to an earlier request on the connection.
    if (!socket.writable || others.length > 0 || first?.req.complete || first?.headersSent) {
      socket.destroy();
      return;
    }
    const known: unknown = first?.req.id;
    const id = typeof known === 'string' ? known : requestId(first?.req.headers['x-request-id']);
    socket.end(answerText(code, first?.req.url?.split('?', 1)[0] ?? '', id));
    setTimeout(() => socket.destroy(), LINGER_TIMEOUT).unref();
    log.info({ reqId: id, code, status: PROBLEMS[code].status }, 'refused');
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else answer(socket, BY_CODE[error.code ?? ''] ?? 'malformed_request');
  });
  server.on('connect', (_request, socket: Duplex) => answer(socket, 'method_not_allowed'));
}

function answerText(code: ProblemCode, path: string, id: string): string {
  const { status } = PROBLEMS[code];
  const body = JSON.stringify(problemDocument(new ProblemError(code), path, id));
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': id,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    ...(code === 'method_not_allowed' && { Allow: '' }),
    Date: new Date().toUTCString(),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

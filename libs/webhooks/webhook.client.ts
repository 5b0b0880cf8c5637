import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

import type { AttemptOutcome } from '#libs/domain/webhooks/delivery';
import { retryAfterOf } from '#libs/providers/provider-trouble';

import type { TargetPolicy } from './target-policy.js';
import { AddressRefused, failureOf } from './webhook-failure.js';

export interface WebhookAnswer extends AttemptOutcome {
  /** The beginning of the body, without control characters; null where there was none. */
  readonly answer: string | null;
}

/** How much of an answer is read, in bytes, and how much of it is kept, in characters. */
const READ = 16_384;
const KEPT = 500;
/** How long an idle connection is kept, in milliseconds. */
const IDLE = 20_000;

/** Posts to receivers: never to an address that the policy refuses, and never further than the URL says. */
export class WebhookClient {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: IDLE }),
    'https:': new https.Agent({ keepAlive: true, timeout: IDLE }),
  };

  private readonly lookups = new Map<string, Promise<readonly LookupAddress[]>>();

  /** @param timeout milliseconds for a whole attempt, from the look-up of the host to the end of the answer */
  constructor(
    private readonly policy: TargetPolicy,
    private readonly timeout: number,
    private readonly resolve: (host: string, options: { all: true }) => Promise<LookupAddress[]> = lookup,
  ) {}

  /** @param stopping breaks the attempt off @throws whatever `stopping` was aborted with */
  async post(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    stopping: AbortSignal,
  ): Promise<WebhookAnswer> {
    const limit = AbortSignal.timeout(this.timeout);
    const signal = AbortSignal.any([limit, stopping]);
    try {
      if (this.policy.faultOf(url) !== null) throw new AddressRefused();
      return await this.attempt(new URL(url), body, headers, signal);
    } catch (error) {
      stopping.throwIfAborted();
      const failure = limit.aborted ? 'timeout' : failureOf(error);
      return { failure, status: null, retryAfter: null, answer: null };
    }
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  private async attempt(
    url: URL,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<WebhookAnswer> {
    try {
      return await this.send(url, body, headers, signal);
    } catch (error) {
      // The receiver closed an idle connection just before the request: it has not read it.
      if (error instanceof ClosedWhileIdle) return this.send(url, body, headers, signal);
      throw error;
    }
  }

  private send(
    url: URL,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<WebhookAnswer> {
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const { request } = protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        method: 'POST',
        agent: this.agents[protocol],
        lookup: this.lookup(protocol),
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal,
      });
      sent.on('response', (response) => {
        readBeginning(response).then((text) => resolve(answerOf(response, text)), reject);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        reject(sent.reusedSocket && error.code === 'ECONNRESET' ? new ClosedWhileIdle() : error);
      });
      // An answer 101 ends the connection with neither a response nor an error.
      sent.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(new Error('the receiver changed the protocol'));
      });
      sent.end(body);
    });
  }

  /** The look-up of a host that a connection uses, so that no other address is connected to than was looked at. */
  private lookup(protocol: string): LookupFunction {
    return (hostname, options, done) => {
      this.addressesOf(hostname).then(
        (addresses) => {
          const [first] = addresses;
          if (!first || addresses.some(({ address }) => !this.policy.admits(address, protocol)))
            return done(new AddressRefused(), []);
          if (options.all) return done(null, [...addresses]);
          return done(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => done(error, []),
      );
    };
  }

  /**
   * Attempts to a host at the same moment look it up together: a look-up takes one of Node's few threads for as long as
   * the name server does not answer, and connections to other providers need them as well.
   */
  private addressesOf(hostname: string): Promise<readonly LookupAddress[]> {
    const running = this.lookups.get(hostname);
    if (running) return running;
    const addresses = this.resolve(hostname, { all: true }).finally(() => this.lookups.delete(hostname));
    this.lookups.set(hostname, addresses);
    return addresses;
  }
}

class ClosedWhileIdle extends Error {
  override readonly name = 'ClosedWhileIdle';
}

/** Reads some of a body; what is longer is cut off with its connection. */
async function readBeginning(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= READ) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, text: string): WebhookAnswer {
  const failure =
    statusCode >= 200 && statusCode < 300
      ? null
      : statusCode >= 300 && statusCode < 400
        ? 'redirect'
        : 'status';
  const asks = statusCode === 429 || statusCode === 503;
  return {
    failure,
    status: statusCode,
    retryAfter: asks ? (retryAfterOf(headers['retry-after'], Date.now()) ?? null) : null,
    answer: excerptOf(text),
  };
}

function excerptOf(text: string): string | null {
  const plain = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Surrogate}]+/gu, ' ').trim();
  return plain === ''
    ? null
    : Array.from(plain.slice(0, 2 * KEPT))
        .slice(0, KEPT)
        .join('');
}

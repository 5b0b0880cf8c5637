import { Inject, Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { Settings } from '../../settings.js';
import { ProblemError } from '../problems/problem-error.js';

/** Limits the requests a second to this process: by service, or by address for an unauthenticated caller. */
@Injectable()
export class RateLimits {
  private readonly services: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;
  /** Requests that are counted, or need not be. */
  private readonly handled = new WeakSet<Request>();

  constructor(@Inject(Settings) { rateLimit }: Pick<Settings, 'rateLimit'>) {
    this.services = new RateLimiterMemory({ points: rateLimit, duration: 1 });
    this.addresses = new RateLimiterMemory({ points: rateLimit, duration: 1 });
  }

  /** @throws ProblemError rate_limited */
  async takeForService(service: string): Promise<void> {
    await take(this.services, service);
  }

  /** @throws ProblemError rate_limited */
  async takeForAddress(address: string | undefined): Promise<void> {
    await take(this.addresses, address ?? '');
  }

  /** Marks a request that its guard counts. */
  markHandled(request: Request): void {
    this.handled.add(request);
  }

  /** Counts the address of a request that is not counted otherwise. @throws ProblemError rate_limited */
  async takeOnce(request: Request): Promise<void> {
    if (this.handled.has(request)) return;
    this.handled.add(request);
    await this.takeForAddress(request.ip);
  }

  /** Middleware for routes that are no operation. */
  readonly ofDocuments = (request: Request, _response: Response, next: NextFunction): void => {
    this.takeOnce(request).then(() => next(), next);
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new ProblemError('rate_limited', undefined, { headers: { 'Retry-After': String(seconds) } });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { Settings } from '../settings.js';
import { ProblemError } from './problem-error.js';

/** How many requests a second each service may make of this process; a caller that is not known, each address. */
@Injectable()
export class RateLimits {
  private readonly services: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;

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

  /** For what is served outside of any operation. */
  readonly ofDocuments = (request: Request, _response: Response, next: NextFunction): void => {
    this.takeForAddress(request.ip).then(() => next(), next);
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

import { type CanActivate, type ExecutionContext, type RawBodyRequest, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';

import { bodyReader } from './request-body.js';

/** Keeps the raw body, whose bytes were signed. */
class SignedBodyGuard implements CanActivate {
  private readonly read: ReturnType<typeof bodyReader>;

  constructor(limit: string) {
    this.read = bodyReader(limit);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<RawBodyRequest<Request>>();
    request.rawBody = await this.read(request, http.getResponse<Response>());
    return true;
  }
}

/** On every route whose body a provider signs. */
export const TakesSigned = (limit: string) => UseGuards(new SignedBodyGuard(limit));

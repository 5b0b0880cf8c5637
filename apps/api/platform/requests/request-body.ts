import { HttpException } from '@nestjs/common';
import { raw, type Request, type Response } from 'express';

export const BODY_LIMIT = '64kb';

type Read = (request: Request, response: Response) => Promise<Buffer>;

/** Reads a decompressed body of any type; empty where there is none. For guards: the body of a refused request is not read. */
export function bodyReader(limit: string): Read {
  const parse = raw({ type: () => true, limit });
  return (request, response) =>
    new Promise((resolve, reject) => {
      parse(request, response, (error?: unknown) => {
        if (error !== undefined) reject(refusal(error));
        else resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
      });
    });
}

/** The exception that Nest makes of a middleware's error, but not of a guard's. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return error;
  return new HttpException(error.message, error.status, { cause: error });
}

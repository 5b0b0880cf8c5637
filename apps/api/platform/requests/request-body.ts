import { HttpException } from '@nestjs/common';
import { raw, type Request, type Response } from 'express';

export const BODY_LIMIT = '64kb';

type Read = (request: Request, response: Response) => Promise<Buffer>;

/**
 * Reads a body of any type, unpacked; nothing where there is none. For guards that come after the one for keys: what
 * is not asked for is not read, and Node throws it away.
 */
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

/** As Nest would make it of what a middleware gives it; it leaves errors of guards as they are. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return error;
  return new HttpException(error.message, error.status, { cause: error });
}

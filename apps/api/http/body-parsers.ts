import type { NestExpressApplication } from '@nestjs/platform-express';

const LIMIT = '64kb';
const isWebhook = (request: { url?: string }) => request.url?.startsWith('/webhooks/') ?? false;

/** Webhooks are kept as the bytes that were signed; other bodies are parsed when they are JSON. */
export function useBodyParsers(app: NestExpressApplication): void {
  app.useBodyParser('raw', { type: isWebhook, limit: LIMIT });
  app.useBodyParser('json', { limit: LIMIT, strict: false });
}

import { multistream, symbols } from 'pino';

import { createLogger, type Logger } from '#libs/telemetry/logger';

/** A log as the processes make it, also captured: every line down to `debug`. `LOG_LEVEL` sets what is shown. */
export function capturedLog(name: string): { readonly logger: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const logger = createLogger(name, 'debug');
  const kept = { level: 'debug' as const, stream: { write: (line: string) => void lines.push(line) } };
  const asked = process.env['LOG_LEVEL'];
  const shown = asked ? [{ level: asked, stream: process.stdout }] : [];
  Object.assign(logger, { [symbols.streamSym]: multistream([kept, ...shown]) });
  return { logger, lines };
}

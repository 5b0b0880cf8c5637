import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * A process's log: JSON lines on standard output. Nothing that identifies a person may be passed to it; an
 * error is logged by its name, code and stack, never by its message, because providers and drivers quote
 * values in theirs.
 */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    serializers: { err: withoutMessage },
    redact: { paths: ['req.headers.authorization', '*.password', '*.secret'], censor: '[redacted]' },
  });
}

function withoutMessage(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12);
  return {
    type: error.name,
    code,
    stack: frames?.join('\n'),
    cause: error.cause === undefined ? undefined : withoutMessage(error.cause),
  };
}

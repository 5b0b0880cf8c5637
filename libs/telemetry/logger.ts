import { type Logger, pino } from 'pino';

import { logContext } from './log-context.js';
import { currentSpan } from './tracing.js';

export type { Logger };

/**
 * A process's log: JSON lines on standard output, with the order and the request that they belong to. Nothing that identifies a person may be passed to it; an
 * error is logged by its name, code and stack, never by its message, because providers and drivers quote
 * values in theirs.
 */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    serializers: { err: withoutMessage },
    hooks: { logMethod: withWords },
    mixin: contextOf,
    redact: { paths: ['req.headers.authorization', '*.password', '*.secret'], censor: '[redacted]' },
  });
}

/** The line about an answered request has its ids already. */
function contextOf(line: object): object {
  return 'res' in line ? {} : { ...logContext(), ...currentSpan() };
}

function withoutMessage(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: error.name,
    code,
    stack: framesOf(error),
    cause: error.cause === undefined ? undefined : withoutMessage(error.cause),
  };
}

/** The part of a stack behind the message, which may itself have lines that look like frames. */
function framesOf({ message, stack = '' }: Error): string | undefined {
  const start = stack.indexOf(message);
  if (start < 0) return undefined;
  return stack
    .slice(start + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n');
}

/** Without a text, pino would log the error's message. */
function withWords(this: Logger, args: unknown[], method: (...args: unknown[]) => void): void {
  const [first, ...rest] = args;
  const words = rest.length > 0 ? rest : ['failed'];
  if (first instanceof Error) method.call(this, { err: first }, ...words);
  else if (typeof first === 'object' && first !== null && 'err' in first) method.call(this, first, ...words);
  else method.apply(this, args);
}

import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Writes Nest's log with our logger; start-up messages at level debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.write('debug', message, context);
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.write('warn', message, context);
  }

  error(message: unknown, ...context: unknown[]): void {
    this.write('error', message, context);
  }

  fatal(message: unknown, ...context: unknown[]): void {
    this.write('fatal', message, context);
  }

  private write(level: 'debug' | 'warn' | 'error' | 'fatal', message: unknown, context: unknown[]): void {
    const nest = context.at(-1);
    if (message instanceof Error) this.logger[level]({ err: message, nest }, 'Nest failed');
    else this.logger[level]({ nest }, String(message));
  }
}

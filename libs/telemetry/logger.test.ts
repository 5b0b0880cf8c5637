import { symbols } from 'pino';
import { describe, expect, it } from 'vitest';

import { createLogger, type Logger } from './logger.js';

const PERSONAL = 'ada@example.com';

/** A log as the processes make it, but for where its lines go. */
function capture(level = 'trace'): {
  log: Logger;
  lines: () => string[];
  last: () => Record<string, unknown>;
} {
  const written: string[] = [];
  const log = createLogger('test', level);
  Object.assign(log, { [symbols.streamSym]: { write: (line: string) => written.push(line) } });
  return { log, lines: () => written, last: () => JSON.parse(written.at(-1) ?? '{}') };
}

class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    message: string,
    readonly code: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

function failure(): ProviderError {
  const driver = new ProviderError(`Key (email)=(${PERSONAL}) already exists`, '23505');
  return new ProviderError(`could not store ${PERSONAL}`, 'conflict', { cause: driver });
}

describe('an error in the log', () => {
  it('shows its name, its code and where it happened', () => {
    const { log, last } = capture();
    log.error({ err: failure() }, 'a bug stopped a step');
    expect(last()).toMatchObject({
      name: 'test',
      msg: 'a bug stopped a step',
      err: { type: 'ProviderError', code: 'conflict' },
    });
    expect(last()['err']).toHaveProperty('stack', expect.stringMatching(/^\s+at failure .*logger\.test\.ts/));
  });

  it('shows the same of its cause', () => {
    const { log, last } = capture();
    log.error({ err: failure() }, 'failed');
    expect(last()).toMatchObject({ err: { cause: { type: 'ProviderError', code: '23505' } } });
    expect(last()['err']).toHaveProperty('cause.stack', expect.stringMatching(/logger\.test\.ts/));
  });

  it('never shows its message, nor that of its cause', () => {
    const { log, lines } = capture();
    log.error({ err: failure() }, 'failed');
    log.child({ orderId: '1' }).warn({ err: failure() }, 'failed');
    log.error({ err: new Error(`wrapped\n${PERSONAL}`, { cause: failure() }) }, 'failed');
    expect(lines()).toHaveLength(3);
    expect(lines().join('')).not.toContain(PERSONAL);
  });

  it('may be no error at all, and is not quoted then either', () => {
    const { log, lines, last } = capture();
    log.error({ err: `no such mailbox: ${PERSONAL}` }, 'failed');
    expect(last()).toMatchObject({ err: { type: 'string' } });
    log.error({ err: new Error('x', { cause: PERSONAL }) }, 'failed');
    expect(last()).toMatchObject({ err: { cause: { type: 'string' } } });
    expect(lines().join('')).not.toContain(PERSONAL);
  });

  // By default, pino fills a missing text with the message.
  it('does not show its message when it is logged without a text', () => {
    const { log, lines } = capture();
    log.error(failure());
    log.error({ err: failure() });
    expect(lines().join('')).not.toContain(PERSONAL);
  });

  it('does not show lines of its message that look like frames', () => {
    const { log, lines } = capture();
    log.error({ err: new Error(`refused\n    at ${PERSONAL}`) }, 'failed');
    expect(lines().join('')).not.toContain(PERSONAL);
  });
});

describe('the log', () => {
  it('hides credentials', () => {
    const { log, lines } = capture();
    log.info({ req: { headers: { authorization: 'Bearer op_hunter2' } } }, 'asked');
    log.info({ smtp: { password: 'hunter2' }, webhook: { secret: 'hunter2' } }, 'set up');
    expect(lines().join('')).not.toContain('hunter2');
  });

  it('leaves out what is below its level', () => {
    const { log, lines } = capture('warn');
    log.info('not this');
    log.warn('but this');
    expect(lines()).toHaveLength(1);
  });
});

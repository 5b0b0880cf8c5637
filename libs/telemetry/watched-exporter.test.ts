import { expect, it } from 'vitest';

import { createLogger } from './logger.js';
import { WatchedExporter } from './watched-exporter.js';

const TAKEN = { code: 0 };
const REFUSED = { code: 1, error: new Error('the values of a batch') };

it('logs once that a collector is away, and once that it is back', async () => {
  const answers = [REFUSED, REFUSED, REFUSED, TAKEN, TAKEN, REFUSED];
  const logger = createLogger('test', 'silent');
  const lines: string[] = [];
  logger.warn = (...args: unknown[]) => void lines.push(`warn ${String(args.at(-1))}`);
  logger.info = (...args: unknown[]) => void lines.push(`info ${String(args.at(-1))}`);
  const exporter = new WatchedExporter(
    { export: (_spans, done) => done(answers.shift() ?? TAKEN), shutdown: () => Promise.resolve() },
    logger,
  );
  for (const _ of [...answers]) exporter.export([], (result) => expect(result).toEqual(TAKEN));
  expect(lines).toEqual([
    'warn the collector does not take traces: they are dropped until it does',
    'info the collector takes traces again',
    'warn the collector does not take traces: they are dropped until it does',
  ]);
});

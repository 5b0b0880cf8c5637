import { expect, test } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { BENCH } from './bench-command.js';

const parse = (argv: readonly string[]) => parseCommandLine(BENCH, argv).options;

test('without options it is the run that the documentation quotes', () => {
  expect(parse([])).toEqual({
    orders: 500,
    concurrency: 50,
    workers: undefined,
    traces: false,
    json: undefined,
  });
});

test('a smaller run with traces, kept in a file', () => {
  const argv = ['--orders', '20', '--concurrency=5', '--traces', '--json', 'cost.json'];
  expect(parse(argv)).toMatchObject({ orders: 20, concurrency: 5, traces: true, json: 'cost.json' });
});

test('counts of workers', () => {
  expect(parse(['--workers', '1,2,4'])).toMatchObject({ workers: [1, 2, 4] });
});

test.each([
  ['a count of no workers', ['--workers', '1,0'], '--workers is 1,0'],
  ['no orders', ['--orders', '0'], '--orders is 0'],
  ['a part of an order', ['--orders', '1.5'], '--orders is 1.5'],
  ['a concurrency that is no number', ['--concurrency', 'all'], '--concurrency is all'],
  ['an unknown flag', ['--fast'], "Unknown option '--fast'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => parse(argv)).toThrow(UsageError);
  expect(() => parse(argv)).toThrow(message);
  expect(() => parse(argv)).toThrow('Usage: npm run bench');
});

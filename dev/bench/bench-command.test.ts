import { expect, test } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { BENCH, measurementOf } from './bench-command.js';

const parse = (argv: readonly string[]) => parseCommandLine(BENCH, argv).options;
const measure = (argv: readonly string[]) => measurementOf(parseCommandLine(BENCH, argv));

test('without options it is the run that the documentation quotes', () => {
  expect(parse([])).toMatchObject({ orders: 500, concurrency: 50, traces: false });
  expect(measure([])).toBe('cost');
});

test('a smaller run with traces, kept in a file', () => {
  const argv = ['--orders', '20', '--concurrency=5', '--traces', '--json', 'cost.json'];
  expect(parse(argv)).toMatchObject({ orders: 20, concurrency: 5, traces: true, json: 'cost.json' });
  expect(measure(argv)).toBe('cost');
});

test('counts of workers', () => {
  expect(parse(['--workers', '1,2,4'])).toMatchObject({ workers: [1, 2, 4] });
});

test.each([
  ['workers', ['--workers', '1,2', '--orders', '20']],
  ['hot-sku', ['--hot-sku', '1000']],
] as const)('%s is measured with the options that it has', (measurement, argv) => {
  expect(measure(argv)).toBe(measurement);
});

test.each([
  [
    'two measurements',
    ['--workers', '1', '--hot-sku', '10'],
    '--workers and --hot-sku are measured by separate',
  ],
  ['a count of orders', ['--hot-sku', '5', '--orders', '5'], '--hot-sku does not go with --orders.'],
] as const)('%s is refused', (_, argv, message) => {
  expect(() => measure(argv)).toThrow(UsageError);
  expect(() => measure(argv)).toThrow(message);
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

import { expect, test } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { BENCH, measurementOf } from './bench-command.js';

const parse = (argv: readonly string[]) => parseCommandLine(BENCH, argv).options;
const measure = (argv: readonly string[]) => measurementOf(parseCommandLine(BENCH, argv));

test('without options it is the run that the documentation quotes', () => {
  expect(parse([])).toMatchObject({ orders: 500, concurrency: 50, engine: 'dev', traces: false });
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
  ['workers', ['--workers', '1,2', '--orders', '20', '--engine', 'postgres']],
  ['open-orders', ['--open-orders', '100000', '--open-runs', '0', '--concurrency', '10']],
  ['stored-orders', ['--stored-orders', '5000', '--json', 'lists.json']],
  ['minutes', ['--minutes', '60', '--rate', '4', '--traces']],
  ['hot-sku', ['--hot-sku', '1000']],
  ['event-streams', ['--event-streams', '1000', '--json', 'streams.json']],
] as const)('%s is measured with the options that it has', (measurement, argv) => {
  expect(measure(argv)).toBe(measurement);
});

test.each([
  [
    'two measurements',
    ['--minutes', '5', '--hot-sku', '10'],
    '--minutes and --hot-sku are measured by separate',
  ],
  ['an option of another one', ['--rate', '3'], '--rate is for --minutes.'],
  ['runs without open orders', ['--open-runs', '5'], '--open-runs is for --open-orders.'],
  [
    'a count of orders for lists',
    ['--stored-orders', '5000', '--orders', '5'],
    '--stored-orders does not go with --orders.',
  ],
  [
    'an engine for reservations',
    ['--hot-sku', '5', '--engine', 'dev'],
    '--hot-sku does not go with --engine.',
  ],
] as const)('%s is refused', (_, argv, message) => {
  expect(() => measure(argv)).toThrow(UsageError);
  expect(() => measure(argv)).toThrow(message);
});

test.each([
  ['a count of no workers', ['--workers', '1,0'], '--workers is 1,0'],
  ['no orders', ['--orders', '0'], '--orders is 0'],
  ['a part of an order', ['--orders', '1.5'], '--orders is 1.5'],
  ['a concurrency that is no number', ['--concurrency', 'all'], '--concurrency is all'],
  ['fewer open orders than they are compared with', ['--open-orders', '1000'], '--open-orders is 1000'],
  ['another engine', ['--engine', 'sqlite'], '--engine is sqlite'],
  ['an unknown flag', ['--fast'], "Unknown option '--fast'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => parse(argv)).toThrow(UsageError);
  expect(() => parse(argv)).toThrow(message);
  expect(() => parse(argv)).toThrow('Usage: npm run bench');
});

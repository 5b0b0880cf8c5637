import { expect, test } from 'vitest';

import { UsageError } from '../command/arguments.js';
import { benchArguments } from './bench-arguments.js';

test('what is not said is the run that the README quotes', () => {
  expect(benchArguments([])).toEqual({ orders: 500, concurrency: 50, json: undefined });
});

test('a smaller run, kept in a file', () => {
  const argv = ['--orders', '20', '--concurrency=5', '--json', 'cost.json'];
  expect(benchArguments(argv)).toEqual({ orders: 20, concurrency: 5, json: 'cost.json' });
});

test.each([
  ['no orders', ['--orders', '0'], '--orders is 0'],
  ['a part of an order', ['--orders', '1.5'], '--orders is 1.5'],
  ['a concurrency that is no number', ['--concurrency', 'all'], '--concurrency is all'],
  ['an unknown flag', ['--fast'], "Unknown option '--fast'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => benchArguments(argv)).toThrow(UsageError);
  expect(() => benchArguments(argv)).toThrow(message);
  expect(() => benchArguments(argv)).toThrow('Usage: npm run bench');
});

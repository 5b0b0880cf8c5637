import { expect, test } from 'vitest';

import { UsageError } from '../command/arguments.js';
import { actsFrom } from './demo-arguments.js';

test('every act is played when none is named', () => {
  expect(actsFrom([])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('the acts that are named are played once each, in the order of the play', () => {
  expect(actsFrom(['--act', '5', '--act=3', '--act', '5'])).toEqual([3, 5]);
});

test.each([
  ['an act that does not exist', ['--act', '11'], 'There is no act 11.'],
  ['an act that is no number', ['--act', 'two'], 'There is no act two.'],
  ['an unknown flag', ['--fast'], "Unknown option '--fast'"],
  ['a word by itself', ['3'], "'3'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => actsFrom(argv)).toThrow(UsageError);
  expect(() => actsFrom(argv)).toThrow(message);
  expect(() => actsFrom(argv)).toThrow('1  A happy order');
});

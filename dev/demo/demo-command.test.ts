import { expect, test } from 'vitest';

import { parseCommandLine, UsageError } from '#libs/command/command-line';

import { actsFrom, DEMO } from './demo-command.js';

const parse = (argv: readonly string[]) => actsFrom(parseCommandLine(DEMO, argv));

test('every act is run when none is named', () => {
  expect(parse([])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('the acts that are named are run once each, in the order of their numbers', () => {
  expect(parse(['--act', '5', '--act=3', '--act', '5'])).toEqual([3, 5]);
});

test.each([
  ['an act that does not exist', ['--act', '11'], '--act is 11, and must be a whole number from 1 to 10.'],
  ['an act that is no number', ['--act', 'two'], '--act is two'],
  ['an unknown flag', ['--fast'], "Unknown option '--fast'"],
  ['a word by itself', ['3'], "'3'"],
])('%s is refused with what there is', (_, argv, message) => {
  expect(() => parse(argv)).toThrow(UsageError);
  expect(() => parse(argv)).toThrow(message);
  expect(() => parse(argv)).toThrow('1  A happy order');
});

import { expect, test } from 'vitest';

import { defineCommand, helpText, parseCommandLine, UsageError } from './command-line.js';
import {
  duration,
  flag,
  listOf,
  oneOf,
  optional,
  repeated,
  required,
  text,
  wholeNumber,
  withDefault,
} from './option.js';

const COMMAND = defineCommand({
  name: 'npm run pack --',
  about: ['Packs parcels.'],
  options: {
    to: required(text('ADDRESS', /@/, 'an address'), 'where they go'),
    parcels: withDefault(wholeNumber(1, 20), '3', 'how many'),
    within: optional(duration(), 'how long they may take'),
    carrier: repeated(oneOf('NAME', ['fast', 'cheap'] as const), 'who may carry them'),
    marks: optional(listOf(oneOf('MARK', ['fragile', 'heavy'] as const)), 'what is written on them'),
    dry: flag('pack nothing'),
  },
  notes: ['Parcels are packed in order.'],
});
const parse = (...argv: string[]) => parseCommandLine(COMMAND, argv);

test('each option is read by its row of the table', () => {
  const argv = ['--to', 'a@b', '--parcels=20', '--within', '2m', '--carrier', 'fast', '--carrier', 'cheap'];
  expect(parse(...argv, '--marks', 'heavy, fragile,heavy', '--dry')).toEqual({
    options: {
      to: 'a@b',
      parcels: 20,
      within: 120_000,
      carrier: ['fast', 'cheap'],
      marks: ['heavy', 'fragile'],
      dry: true,
    },
    given: ['to', 'parcels', 'within', 'carrier', 'marks', 'dry'],
    operands: [],
  });
});

test('an option that is left out has its default, or none', () => {
  expect(parse('--to', 'a@b').options).toEqual({
    to: 'a@b',
    parcels: 3,
    within: undefined,
    carrier: [],
    marks: undefined,
    dry: false,
  });
});

test.each([
  ['a required option that is missing', [], '--to is missing.'],
  [
    'a value outside the range',
    ['--to', 'a@b', '--parcels', '21'],
    '--parcels is 21, and must be a whole number from 1 to 20.',
  ],
  ['a fraction', ['--to', 'a@b', '--parcels', '1.5'], '--parcels is 1.5'],
  ['nothing', ['--to', 'a@b', '--parcels', ''], '--parcels is empty'],
  ['a text without the pattern', ['--to', 'b'], '--to is b, and must be an address.'],
  ['a duration without a unit', ['--to', 'a@b', '--within', '2'], '--within is 2, and must be a duration'],
  [
    'one wrong value of several',
    ['--to', 'a@b', '--carrier', 'slow'],
    '--carrier is slow, and must be one of fast, cheap.',
  ],
  ['one wrong value of a list', ['--to', 'a@b', '--marks', 'heavy,wet'], '--marks is heavy,wet'],
  ['an unknown option', ['--fast'], "Unknown option '--fast'."],
  ['a word by itself', ['now'], "'now'"],
])('%s is refused with how the program is used', (_, argv, fault) => {
  expect(() => parse(...argv)).toThrow(UsageError);
  expect(() => parse(...argv)).toThrow(fault);
  expect(() => parse(...argv)).toThrow(`\n${helpText(COMMAND)}`);
});

test('the help text is made of the table', () => {
  expect(helpText(COMMAND)).toBe(
    `
Usage: npm run pack -- --to ADDRESS [--parcels N] [--within TIME] [--carrier NAME]… [--marks MARK,…] [--dry]
Packs parcels.
  --to ADDRESS    where they go
  --parcels N     how many; 1 to 20; by default 3
  --within TIME   how long they may take
  --carrier NAME  who may carry them; may be repeated
  --marks MARK,…  what is written on them
  --dry           pack nothing
Parcels are packed in order.`.trim(),
  );
});

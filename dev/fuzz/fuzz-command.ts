import { defineCommand, type OptionValues } from '#libs/command/command-line';
import { optional, wholeNumber, withDefault } from '#libs/command/option';

export const LARGEST_SEED = 2 ** 31 - 1;

export const FUZZ = defineCommand({
  name: 'npm run fuzz --',
  about: ['Asks the API for what its document allows and for what it does not, on a system of its own.'],
  options: {
    cases: withDefault(
      wholeNumber(1, 100_000),
      '1000',
      'how many requests are made with a key, at least; fewer than 1000 are some of each operation',
    ),
    keyless: optional(
      wholeNumber(1, 100_000),
      'how many are made without a key, at least; by default as many as with one',
    ),
    seed: optional(
      wholeNumber(0, LARGEST_SEED),
      'decides which requests are made; by default a new one each time',
    ),
  },
});

export type FuzzOptions = OptionValues<typeof FUZZ.options>;

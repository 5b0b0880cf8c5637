import { type CommandLine, defineCommand } from '#libs/command/command-line';
import { repeated, wholeNumber } from '#libs/command/option';

import { ACTS } from './acts.js';

export const DEMO = defineCommand({
  name: 'npm run demo --',
  about: ['Shows what this system promises, on a system of its own, which it breaks in ten ways.'],
  options: {
    act: repeated(wholeNumber(1, ACTS.length), 'run one act only'),
  },
  notes: ['Acts:', ...ACTS.map(({ title }, index) => `  ${index + 1}  ${title}`)],
});

/** The numbers of the acts to run, from 1, in their own order; all of them when none is named. */
export function actsFrom({ options: { act: named } }: CommandLine<typeof DEMO.options>): number[] {
  const numbers = ACTS.map((_, index) => index + 1);
  return named.length === 0 ? numbers : numbers.filter((number) => named.includes(number));
}

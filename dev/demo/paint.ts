import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours are for a person at a terminal who has not asked for none (no-color.org). */
const PAINTED = process.stdout.isTTY && !process.env['NO_COLOR'];

const painter = (format: Format) => (text: string) => (PAINTED ? styleText(format, text) : text);

export const paint = {
  title: painter('bold'),
  aside: painter('dim'),
  good: painter('green'),
  bad: painter('red'),
};

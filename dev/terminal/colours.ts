import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours are for a person at a terminal who has not asked for none (no-color.org). */
const IS_COLOURED = process.stdout.isTTY && !process.env['NO_COLOR'];

const coloured = (format: Format) => (text: string) => (IS_COLOURED ? styleText(format, text) : text);

export const colours = {
  title: coloured('bold'),
  aside: coloured('dim'),
  good: coloured('green'),
  bad: coloured('red'),
};

import { z } from 'zod';

/**
 * Characters no line may have: controls, because PostgreSQL refuses NUL and the others break a line of a label or a
 * mail header. Patterns go into the document, so they are such as every kind of regular expression has.
 */
const REFUSED = String.raw`\u0000-\u001f\u007f-\u009f`;
/** Invisible characters, such as a zero-width space, are no text by themselves. */
const UNSEEN = String.raw`\u0020\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb`;
/** Matched without backtracking: a pattern that can match in two ways takes quadratic time. */
const TEXT = new RegExp(`^[${UNSEEN}]*[^${UNSEEN}${REFUSED}][^${REFUSED}]*$`);

/**
 * At most so many characters, counted as JSON Schema does: those outside of the basic plane are one, too. Halves of
 * surrogate pairs are no Unicode text; no document can hold them, so the schema does not mention them.
 */
const characters = (max: number) =>
  z
    .string()
    .refine(
      (value) => value.length <= max || Array.from(value).length <= max,
      `must have at most ${max} characters`,
    )
    .refine(
      (value) => !/\p{Surrogate}/u.test(value),
      'must be Unicode text, without halves of surrogate pairs',
    )
    .meta({ maxLength: max });

/** One line of text that is not blank. */
export const text = (max: number) =>
  characters(max).regex(TEXT, 'must be one line of text, not blank, without control characters');

/** The same, but for tabs and line feeds. */
const PROSE = new RegExp(String.raw`^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$`);

/** Some lines of text. */
export const prose = (max: number) => characters(max).regex(PROSE, 'must be text without control characters');

/** What a header or an index can hold: visible ASCII. */
export const token = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[!-~]+$/, 'must be visible ASCII characters');

import { z } from 'zod';

/**
 * Characters no text may have: controls, because PostgreSQL refuses NUL and the others break a line of a
 * label or a mail header; and halves of surrogate pairs, which are not Unicode text.
 */
const REFUSED = String.raw`\u0000-\u001f\u007f-\u009f\ud800-\udfff`;
/** What nobody sees, such as a zero-width space, makes no text by itself. */
const TEXT = new RegExp(`^[^${REFUSED}]*[^\\s\\p{Cf}${REFUSED}][^${REFUSED}]*$`, 'u');

/** One line of text that is not blank. @param max UTF-16 code units */
export const text = (max: number) =>
  z.string().max(max).regex(TEXT, 'must be one line of text, not blank, without control characters');

/** The same, but for tabs and line feeds. */
const REFUSED_IN_PROSE = String.raw`\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff`;
const PROSE = new RegExp(`^[^${REFUSED_IN_PROSE}]*$`, 'u');

/** Some lines of text. @param max UTF-16 code units */
export const prose = (max: number) =>
  z.string().max(max).regex(PROSE, 'must be text without control characters');

/** What a header or an index can hold: visible ASCII. */
export const token = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[!-~]+$/, 'must be visible ASCII characters');

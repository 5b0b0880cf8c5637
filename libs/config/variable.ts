import { z } from 'zod';

import { parseDuration } from './duration.js';
import { contentsOf } from './file-settings.js';

/** The kinds of variables that settings are made of. */

export const text = (hint: string) => z.string().min(1, `must not be empty; ${hint}`);
export const port = (fallback: number) =>
  z.coerce
    .number('must be a port number')
    .int()
    .min(1, 'must be 1 to 65535')
    .max(65_535, 'must be 1 to 65535')
    .default(fallback);
export const whole = (min: number, max: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(min, `must be ${min} to ${max}`)
    .max(max, `must be ${min} to ${max}`);
export const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((value, context) => {
      const parsed = parseDuration(value);
      if (parsed !== undefined) return parsed;
      context.addIssue({
        code: 'custom',
        message: `"${value}" is not a duration; write 500ms, 15s, 30m, 12h or 14d`,
      });
      return z.NEVER;
    });
export const positive = (fallback: string) =>
  duration(fallback).refine((ms) => ms > 0, 'must be longer than 0');
/** How long rows are kept: from `least` to ten years, so that dates in PostgreSQL can be so far back. */
export const retention = (fallback: string, least: string) =>
  duration(fallback).refine(
    (ms) => ms >= (parseDuration(least) ?? 0) && ms <= 3_650 * 86_400_000,
    `must be ${least} to 3650d`,
  );
export const url = (protocols: string[], example: string) =>
  z.string().refine((value) => protocols.includes(URL.canParse(value) ? new URL(value).protocol : ''), {
    message: `is not a ${protocols.join('// or ')}// URL; write ${example}`,
  });
/** The path of a certificate or key in PEM; its value is what the file holds. */
export const pemFile = (kind: 'CERTIFICATE' | 'PRIVATE KEY') =>
  z.string().transform((path, context) => {
    const file = contentsOf(path);
    if ('contents' in file && new RegExp(`^-----BEGIN [A-Z ]*${kind}-----$`, 'm').test(file.contents))
      return file.contents;
    const message =
      'fault' in file ? file.fault : `names a file without a ${kind.toLowerCase()} in PEM, ${path}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
export const flag = (fallback: 'true' | 'false') =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .default(fallback)
    .transform((value) => value === 'true');
/** Whether these fields have been read as durations: then they are compared, although another field is wrong. */
export const durations = (value: unknown, names: readonly string[]) =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'number');
export const list = (
  fallback: string,
  item: Pick<RegExp, 'test'>,
  what: string,
  hint: (wrong: string) => string = () => '',
) =>
  z
    .string()
    .default(fallback)
    .transform((value) =>
      value
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .superRefine((entries, context) => {
      const wrong = entries.find((entry) => !item.test(entry));
      if (wrong === undefined) return;
      context.addIssue({ code: 'custom', message: `must be ${what}, separated by commas${hint(wrong)}` });
    });
/** Refuses one of two variables without the other. @param why to follow "is not set" */
export const bothOrNeither =
  <Name extends string>(pair: readonly [Name, Name], why: string) =>
  (values: Readonly<Partial<Record<Name, unknown>>>, context: z.core.$RefinementCtx): void => {
    const missing = pair.filter((name) => values[name] === undefined);
    if (missing.length === 1)
      context.addIssue({ code: 'custom', path: missing, message: `is not set: ${why}` });
  };

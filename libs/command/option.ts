import { parseDuration } from '#libs/config/duration';

/** What the text of an option was read as, or what is wrong with it, to follow the option's name. */
export type Read<T> = { readonly value: T } | { readonly fault: string };

/** An option of a command: a row of its table. */
export interface Option<T> {
  /** What stands for the value in the help text, such as `N`; null for a flag, which takes none. */
  readonly takes: string | null;
  readonly help: string;
  readonly isRequired: boolean;
  readonly isRepeatable: boolean;
  /** @param texts what was given, in that order; empty when the option was left out */
  read(texts: readonly string[]): Read<T>;
}

/** A kind of value: how it is written in the help text and what it may be. */
export interface Value<T> {
  readonly takes: string;
  /** What the help text adds about the values that are allowed. */
  readonly range?: string;
  /** What a value must be, to follow "must be". */
  readonly must: string;
  /** @returns undefined for a text that is no such value */
  parse(text: string): T | undefined;
}

export function text(takes: string, pattern = /^/, must = 'a text'): Value<string> {
  return { takes, must, parse: (given) => (pattern.test(given) ? given : undefined) };
}

export function wholeNumber(from: number, to: number): Value<number> {
  const range = `${from} to ${to}`;
  return {
    takes: 'N',
    range,
    must: `a whole number from ${range}`,
    parse(given) {
      const number = Number(given);
      return /^-?\d+$/.test(given) && number >= from && number <= to ? number : undefined;
    },
  };
}

/** A length of time in milliseconds, written as in the settings: `15s`, `24h`, `90d`. */
export function duration(takes = 'TIME'): Value<number> {
  return { takes, must: 'a duration, such as 500ms, 15s, 30m, 12h or 14d', parse: parseDuration };
}

export function oneOf<T extends string>(takes: string, allowed: readonly T[]): Value<T> {
  return {
    takes,
    must: `one of ${allowed.join(', ')}`,
    parse: (given) => allowed.find((each) => each === given),
  };
}

/** Several values in one text, separated by commas; each is kept once. */
export function listOf<T>(value: Value<T>): Value<readonly T[]> {
  return {
    ...value,
    takes: `${value.takes},…`,
    must: `${value.must}, separated by commas`,
    parse(given) {
      const read = given.split(',').map((each) => value.parse(each.trim()));
      const known = read.filter((each) => each !== undefined);
      return known.length === read.length ? [...new Set(known)] : undefined;
    },
  };
}

export function flag(help: string): Option<boolean> {
  return {
    takes: null,
    help,
    isRequired: false,
    isRepeatable: false,
    read: (texts) => ({ value: texts.length > 0 }),
  };
}

export function required<T>(value: Value<T>, help: string): Option<T> {
  const option = optional(value, help);
  return {
    ...option,
    isRequired: true,
    read: ([given]) => (given === undefined ? { fault: 'is missing' } : readOne(value, given)),
  };
}

export function optional<T>(value: Value<T>, help: string): Option<T | undefined> {
  return {
    takes: value.takes,
    help: withRange(value, help),
    isRequired: false,
    isRepeatable: false,
    read: ([given]) => (given === undefined ? { value: undefined } : readOne(value, given)),
  };
}

/** @param fallback what is read when the option is left out, as a person would write it */
export function withDefault<T>(value: Value<T>, fallback: string, help: string): Option<T> {
  return {
    ...optional(value, help),
    help: `${withRange(value, help)}; by default ${fallback}`,
    read: ([given = fallback]) => readOne(value, given),
  };
}

export function repeated<T>(value: Value<T>, help: string): Option<readonly T[]> {
  return {
    takes: value.takes,
    help: `${withRange(value, help)}; may be repeated`,
    isRequired: false,
    isRepeatable: true,
    read(texts) {
      const values: T[] = [];
      for (const given of texts) {
        const one = readOne(value, given);
        if ('fault' in one) return one;
        values.push(one.value);
      }
      return { value: values };
    },
  };
}

function readOne<T>(value: Value<T>, given: string): Read<T> {
  const parsed = value.parse(given);
  if (parsed !== undefined) return { value: parsed };
  return { fault: `is ${given === '' ? 'empty' : given}, and must be ${value.must}` };
}

const withRange = <T>({ range }: Value<T>, help: string) =>
  range === undefined ? help : `${help}; ${range}`;

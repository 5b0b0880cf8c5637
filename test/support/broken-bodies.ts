import { resolved, type Shape } from './documented-operations.js';

/** A body with one fault, and where it is, as a JSON pointer. */
export interface BrokenBody {
  readonly what: string;
  readonly text: string;
  readonly pointer: string;
}

/** Values of the wrong type, as JSON text: those of other types, and those that cannot be stored. */
const WRONG: Readonly<
  Record<'string' | 'number' | 'boolean' | 'array' | 'object', Readonly<Record<string, string>>>
> = {
  string: {
    'a number': '1',
    nothing: 'null',
    'a truth': 'true',
    'a list': '["x"]',
    'an object': '{"x":"x"}',
    'a NUL': String.raw`"a\u0000b"`,
    'a bell': String.raw`"a\u0007b"`,
    'half a pair': String.raw`"a\ud800b"`,
    'the other half': String.raw`"a\udc00b"`,
    'a pair the wrong way round': String.raw`"a\udc00\ud800b"`,
    'a great deal': JSON.stringify('x'.repeat(2_000)),
  },
  number: {
    words: '"1"',
    nothing: 'null',
    'a truth': 'true',
    'a list': '[1]',
    'an object': '{}',
    'a part of one': '1.5',
    'more than there is': '1e400',
    'less than there is': '-1e400',
    'more than is exact': '9007199254740993',
    'very much': '1e300',
    'very many digits': '9'.repeat(5_000),
  },
  boolean: { words: '"true"', nothing: 'null', 'a number': '1', 'a list': '[true]', 'an object': '{}' },
  array: {
    words: '"x"',
    nothing: 'null',
    'a number': '1',
    'a truth': 'true',
    'an object': '{"0":1,"length":1}',
  },
  object: { words: '"x"', nothing: 'null', 'a number': '1', 'a truth': 'true', 'a list': '[]' },
};

/** Names no object has here, some of which every object of the language has. */
const UNKNOWN = [
  'surprise',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'a/b~c',
];

/** A place in an example, with its schema in the document. */
interface Place {
  readonly pointer: string;
  readonly value: unknown;
  readonly shape: Shape;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLeaf = ({ value }: Place) => typeof value !== 'object';
const mayBeNull = ({ shape }: Place) => shape.anyOf?.some(({ type }) => type === 'null') ?? false;
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Every place in a body, the whole one first. */
function placesOf(value: unknown, unresolved: Shape, pointer = ''): Place[] {
  const shape = resolved(unresolved);
  const inner = Array.isArray(value)
    ? value.flatMap((each, index) => placesOf(each, shape.items ?? {}, `${pointer}/${index}`))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, each]) =>
          placesOf(each, shape.properties?.[name] ?? {}, `${pointer}/${escaped(name)}`),
        )
      : [];
  return [{ pointer, value, shape }, ...inner];
}

/** A body as JSON text, with other text in some places. */
function written(value: unknown, instead: ReadonlyMap<string, string>, pointer = ''): string {
  const given = instead.get(pointer);
  if (given !== undefined) return given;
  if (Array.isArray(value))
    return `[${value.map((each, index) => written(each, instead, `${pointer}/${index}`)).join()}]`;
  if (isObject(value)) {
    const fields = Object.entries(value).map(
      ([name, each]) => `${JSON.stringify(name)}:${written(each, instead, `${pointer}/${escaped(name)}`)}`,
    );
    return `{${fields.join()}}`;
  }
  return JSON.stringify(value);
}

/** A valid body, broken in each way in each place. */
export function brokenBodies(body: unknown, shape: Shape): BrokenBody[] {
  const with_ = (pointer: string, text: string) => written(body, new Map([[pointer, text]]));
  return placesOf(body, shape).flatMap((place) => {
    const { pointer } = place;
    const kind = Array.isArray(place.value) ? 'array' : (typeof place.value as keyof typeof WRONG);
    const wrong = Object.entries(WRONG[kind])
      .filter(([, text]) => text !== 'null' || !mayBeNull(place))
      .map(([what, text]) => ({ what, text: with_(pointer, text), pointer }));
    return [
      ...wrong,
      ...fieldFaults(place).map(({ text, ...fault }) => ({ ...fault, text: with_(pointer, text) })),
      ...tooMany(place).map(({ text, ...fault }) => ({ ...fault, text: with_(pointer, text) })),
    ];
  });
}

/** One field too many, or too few. */
function fieldFaults({ pointer, value, shape }: Place): BrokenBody[] {
  if (!isObject(value)) return [];
  const rest = written(value, new Map()).slice(1);
  const comma = rest === '}' ? '' : ',';
  return [
    ...UNKNOWN.map((name) => ({
      what: `a field "${name}"`,
      text: `{${JSON.stringify(name)}:{"x":1}${comma}${rest}`,
      pointer: `${pointer}/${escaped(name)}`,
    })),
    ...(shape.required ?? []).map((name) => ({
      what: `no field "${name}"`,
      text: written(Object.fromEntries(Object.entries(value).filter(([each]) => each !== name)), new Map()),
      pointer: `${pointer}/${escaped(name)}`,
    })),
  ];
}

function tooMany({ pointer, value, shape: { maxItems } }: Place): BrokenBody[] {
  if (!Array.isArray(value) || maxItems === undefined) return [];
  const items = Array.from({ length: maxItems + 1 }, () => written(value[0], new Map()));
  return [{ what: `${items.length} of them`, text: `[${items.join()}]`, pointer }];
}

/** A body in which every value is wrong at once, and every place of one. */
export function brokenThroughout(body: unknown, shape: Shape): { text: string; pointers: readonly string[] } {
  const leaves = placesOf(body, shape).filter(isLeaf);
  const text = written(body, new Map(leaves.map(({ pointer }) => [pointer, '{"x":1}'])));
  return { text, pointers: leaves.map(({ pointer }) => pointer) };
}

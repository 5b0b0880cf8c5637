export const JSON_TYPE = 'application/json';
const utf16 = (text: string, mark = '') => Buffer.from(mark + text, 'utf16le');

/** Bodies that are no JSON in UTF-8, whatever their headers claim. */
export const UNREADABLE: readonly [string, string | Buffer][] = [
  ['half a document', '{"a":'],
  ['two documents', '{}{}'],
  ['a comma too many', '{"a":1,}'],
  ['a comment', '{} // what else'],
  ['names without quotes', '{a:1}'],
  ['single quotes', "{'a':1}"],
  ['what is not a number', '{"a":NaN}'],
  ['what has no end', '{"a":Infinity}'],
  ['nothing that JSON knows', 'undefined'],
  ['white space', ' \n'],
  ['a line feed in a string', '{"a":"b\nc"}'],
  ['a NUL', '{"a":"b\u0000c"}'],
  ['lists without end', '['.repeat(60_000)],
  ['a byte that is none of UTF-8', Buffer.from('{"a":"\xff"}', 'latin1')],
  ['letters of another alphabet’s bytes', Buffer.from('{"a":"\xfc"}', 'latin1')],
  ['a slash that is too long', Buffer.from('{"a":"\xc0\xaf"}', 'latin1')],
  ['half a pair in bytes', Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1')],
  ['a character that is cut off', Buffer.from('{"a":"\xe2\x82"}', 'latin1')],
  ['UTF-16', utf16('{}')],
  ['UTF-16 that says so', utf16('{}', '\ufeff')],
  ['a page', '<html></html>'],
  ['a form', 'a=1&b=2'],
];

/** Headers of a body that is not sent as JSON, or is declared as another type. */
export const UNSUPPORTED: readonly Readonly<Record<string, string>>[] = [
  { 'Content-Type': 'text/plain' },
  { 'Content-Type': 'application/x-www-form-urlencoded' },
  { 'Content-Type': 'multipart/form-data; boundary=x' },
  { 'Content-Type': 'application/xml' },
  { 'Content-Type': 'application/jsonp' },
  { 'Content-Type': 'application/merge-patch+json' },
  { 'Content-Type': 'json' },
  { 'Content-Type': '*/*' },
  { 'Content-Type': 'application/json; charset=latin1' },
  { 'Content-Type': 'application/json; charset=iso-8859-1' },
  { 'Content-Type': 'application/json; charset=utf-16' },
  { 'Content-Type': 'application/json; charset="UTF-16LE"' },
  { 'Content-Type': 'application/json; charset=utf-7' },
  { 'Content-Type': 'application/json; charset=utf-32' },
  { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'compress' },
  { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'gzip, gzip' },
];

/** No line of text, as it stands in an address. */
export const NO_TEXTS = [
  ...['%00', 'a%00b', '%ff', '%zz', '%', '%ED%A0%80', '%C0%AF', 'a%0d%0aX-Header:%20b', '%E2%80%8B'],
  'x'.repeat(3_000),
];
/** Names of nothing, and of no SKU. */
export const NO_NAMES = [
  ...NO_TEXTS,
  ...['a%20b', "a'b", '%22', '%2e%2e%2fetc', '..%2f..', '%F0%9F%92%A9', '{id}', '$ne'],
];
/** Where an address may hold any line of text. */
export const NAMED_BY_TEXT = ['eraseCustomer'];

/** What no parameter of a query takes. */
export const VALUES = ['%00', 'a%00b', '%ff', '%zz', '%', '%ED%A0%80', 'a%0ab', '%ED%A0%80x'];

import type { FieldError } from '#libs/contracts/http/problem.api';

/** A validation issue. Zod lists unknown fields in `keys`, at their object. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly keys?: readonly string[];
}

/** The most errors that a response lists. */
const MAX_ERRORS = 200;

/** Each issue with its pointer; that of an unknown field is the field itself. */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues
    .flatMap(({ message, path = [], keys }): FieldError[] =>
      keys
        ? keys.map((key) => ({ pointer: jsonPointer([...path, key]), detail: 'is unknown' }))
        : [{ pointer: jsonPointer(path), detail: message }],
    )
    .slice(0, MAX_ERRORS);
}

/** RFC 6901; empty for the whole document. */
export function jsonPointer(path: NonNullable<Issue['path']>): string {
  return path
    .map((segment) => String(typeof segment === 'object' ? segment.key : segment))
    .map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

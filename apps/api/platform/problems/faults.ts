import type { Fault } from '#libs/contracts/http/problem.api';

/** What a schema finds wrong. Zod names unknown fields in `keys`, at the object they stand in. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly keys?: readonly string[];
}

/** A request with very many faults is told of the first ones. */
const AT_MOST = 200;

/** Each fault at its place; an unknown field's place is the field itself. */
export function faultsOf(issues: readonly Issue[]): Fault[] {
  return issues
    .flatMap(({ message, path = [], keys }): Fault[] =>
      keys
        ? keys.map((key) => ({ pointer: jsonPointer([...path, key]), detail: 'is not known here' }))
        : [{ pointer: jsonPointer(path), detail: message }],
    )
    .slice(0, AT_MOST);
}

/** RFC 6901; empty for the whole document. */
export function jsonPointer(path: NonNullable<Issue['path']>): string {
  return path
    .map((segment) => String(typeof segment === 'object' ? segment.key : segment))
    .map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

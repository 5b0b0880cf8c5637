import { isProblemCode } from '#libs/contracts/http/problems';
import { Sku } from '#libs/contracts/http/sku.api';
import { Uuid } from '#libs/contracts/http/uuid.api';

/** Path parameters that are not UUIDs, and whether a value may be logged. */
const NAMES: Readonly<Record<string, (value: string) => boolean>> = {
  '{sku}': (value) => Sku.safeParse(value).success,
  '{code}': isProblemCode,
};
/** Its path parameters identify persons. */
const PERSONS = 'customers';
/** Replaces any other segment. */
const HIDDEN = '*';

/**
 * Paths without personal data, for the log: only segments of our own routes and ids that we have assigned are kept, so
 * that a mistyped path reveals nothing, either.
 */
export class LoggedPaths {
  private readonly templates: readonly (readonly string[])[];
  private readonly words: ReadonlySet<string>;

  /** @param paths of the OpenAPI document */
  constructor(paths: Readonly<Record<string, object>>) {
    this.templates = Object.keys(paths).map((path) => path.split('/'));
    const literals = this.templates.flat().filter((part) => !isParameter(part));
    this.words = new Set([...literals, 'docs', 'openapi.json']);
  }

  /** @param url as requested */
  of(url: string): string {
    const segments = segmentsOf(url);
    const template = this.templates.find((parts) => matches(parts, segments));
    return segments.map((segment, at) => this.shown(segment, at, template)).join('/');
  }

  private shown(segment: string, at: number, template: readonly string[] | undefined): string {
    const part = template?.[at];
    if (template === undefined || part === undefined || !isParameter(part))
      return this.words.has(segment.toLowerCase()) ? segment : HIDDEN;
    const isOurs = template[1] !== PERSONS && (NAMES[part]?.(segment) ?? Uuid.safeParse(segment).success);
    return isOurs ? segment : part;
  }
}

const isParameter = (part: string) => part.startsWith('{');

/** The parts of a requested path, without its query and a slash at its end. */
export const segmentsOf = (url: string): string[] =>
  (url.split('?', 1)[0] ?? '').replace(/(?<=.)\/$/, '').split('/');

/** Case-insensitive: a path that the router does not match may contain personal data all the same. */
export const matches = (parts: readonly string[], segments: readonly string[]) =>
  parts.length === segments.length &&
  parts.every((part, at) => isParameter(part) || part === segments[at]?.toLowerCase());

import { isProblemCode } from '#libs/contracts/http/problems';
import { Sku } from '#libs/contracts/http/sku.api';
import { Uuid } from '#libs/contracts/http/uuid.api';

/** What names something in our addresses, where that is no UUID. */
const NAMES: Readonly<Record<string, (value: string) => boolean>> = {
  '{sku}': (value) => Sku.safeParse(value).success,
  '{code}': isProblemCode,
};
/** Below it the names are the shop's own, of persons. */
const PERSONS = 'customers';
/** Stands for what may say anything. */
const HIDDEN = '*';

/**
 * Paths as the log may have them: nothing that a caller could have put a person into. Only the words of our own
 * addresses are shown, and the names that we give; so a mistyped address tells of nobody, either.
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

  /** @param url as it was asked for */
  of(url: string): string {
    const path = url.split('?', 1)[0] ?? '';
    const segments = path.replace(/(?<=.)\/$/, '').split('/');
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

/** In any case: a path that the router does not take for its own may name a person all the same. */
const matches = (parts: readonly string[], segments: readonly string[]) =>
  parts.length === segments.length &&
  parts.every((part, at) => isParameter(part) || part === segments[at]?.toLowerCase());

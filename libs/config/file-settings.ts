import { readFileSync } from 'node:fs';

/** A variable `NAME_FILE` names the file that holds the value of `NAME`, as Docker and Kubernetes mount secrets. */
const SUFFIX = '_FILE';

export interface FileSettings {
  /** The values by variable, without the line break that ends a file. */
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong, by the variable to correct. */
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Reads the variables that are given as files.
 *
 * @param present the variables that are set
 * @param names the variables that may be given as files
 */
export function readFileSettings(
  present: Readonly<Record<string, string | undefined>>,
  names: Iterable<string>,
): FileSettings {
  const values: Record<string, string> = {};
  const faults = new Map<string, string>();
  for (const name of names) {
    const variable = `${name}${SUFFIX}`;
    const path = present[variable];
    if (path === undefined) continue;
    if (present[name] !== undefined) {
      faults.set(variable, `is set beside ${name}; set one of them`);
      continue;
    }
    const file = contentsOf(path);
    if ('fault' in file) faults.set(variable, file.fault);
    else if (file.contents === '') faults.set(variable, `names an empty file, ${path}`);
    else values[name] = file.contents;
  }
  return { values, faults };
}

/** Reads a file that a variable names; the line break that ends it is left out. */
export function contentsOf(path: string): { readonly contents: string } | { readonly fault: string } {
  try {
    return { contents: readFileSync(path, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { fault: `names a file that cannot be read, ${path}: ${code}` };
  }
}

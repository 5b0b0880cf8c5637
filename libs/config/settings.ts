import { existsSync } from 'node:fs';

import type { z } from 'zod';

import { ExplainedError } from '#libs/explained-error';

import { readFileSettings } from './file-settings.js';

/** Groups of variables, by name; each is what one part of a program reads. */
export type Groups = Readonly<Record<string, z.ZodObject>>;
export type Settings<G extends Groups> = { [K in keyof G]: z.output<G[K]> };
export type Source = Readonly<Record<string, string | undefined>>;

export interface Variable<G extends Groups> {
  readonly group: keyof G;
  /** Whether it must be set: for one of the groups that have it, at least. */
  readonly required: boolean;
}

export class InvalidEnvironment extends ExplainedError {
  override readonly name = 'InvalidEnvironment';
}

/** Every variable of the groups, by name, with the first group that has it. */
export function variablesOf<G extends Groups>(groups: G): Readonly<Record<string, Variable<G>>> {
  const variables = Object.entries(groups).flatMap(([group, { shape }]) =>
    Object.keys(shape).map((name) => [name, { group, required: isRequired(groups, name) }] as const),
  );
  return Object.fromEntries(variables.toReversed());
}

/**
 * Reads and checks groups of variables, from `process.env` and `.env` unless another source is given. A variable set
 * to nothing counts as not set; `NAME_FILE` names a file that holds the value of `NAME`.
 *
 * @throws InvalidEnvironment with one line for each variable that is wrong
 */
export function readSettings<G extends Groups>(
  groups: G,
  source: Source = processEnvironment(),
): Settings<G> {
  const set = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  const files = readFileSettings(set, Object.keys(variablesOf(groups)));
  const present = { ...set, ...files.values };
  /** By variable: two groups may read one, and one value may break two rules. */
  const faults = new Map(files.faults);
  const read = Object.entries(groups).map(([name, group]) => {
    const result = group.safeParse(present);
    if (result.success) return [name, result.data] as const;
    for (const issue of result.error.issues) {
      const variable = String(issue.path[0]);
      // A default that does not fit what is set is a fault, too, although it was not written down.
      const missing = !(variable in present) && isRequired(groups, variable);
      if (!faults.has(variable) && !faults.has(`${variable}_FILE`))
        faults.set(variable, missing ? 'is not set' : issue.message);
    }
    return [name, undefined] as const;
  });
  if (faults.size > 0) {
    const lines = [...faults].map(([variable, fault]) => `  - ${variable} ${fault}`);
    throw new InvalidEnvironment(
      ['The environment is not usable:', ...lines, 'See .env.example.'].join('\n'),
    );
  }
  return Object.fromEntries(read) as Settings<G>;
}

function isRequired(groups: Groups, variable: string): boolean {
  return Object.values(groups).some(({ shape }) => {
    const schema = shape[variable];
    return schema !== undefined && !('safeParse' in schema && schema.safeParse(undefined).success);
  });
}

function processEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

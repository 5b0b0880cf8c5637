import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { readSettings, variablesOf } from '#libs/config/settings';

import { LOCAL_GROUPS } from '../dev/stack/local-settings.js';

const VARIABLES = variablesOf(LOCAL_GROUPS);

/** The lines that set a variable, commented out or not. */
const documented = Object.fromEntries(
  [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);

it('.env.example names every variable that is read, and no other', () => {
  expect(Object.keys(documented).sort()).toEqual(Object.keys(VARIABLES).sort());
});

it('.env.example shows the defaults as they are', () => {
  const required = Object.fromEntries(
    Object.entries(documented).filter(([name]) => VARIABLES[name]?.required),
  );
  expect(readSettings(LOCAL_GROUPS, documented)).toEqual(readSettings(LOCAL_GROUPS, required));
});

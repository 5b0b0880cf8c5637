import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import ts from 'typescript';
import { expect, it } from 'vitest';

import { PROBLEMS } from '#libs/contracts/http/problems';

import { problemsOf } from '../../apps/api/platform/openapi/operations.js';

const page = readFileSync('docs/integrating.md', 'utf8');

/** The operations that a shop calls. */
const OPERATIONS = [
  'placeOrder',
  'listOrders',
  'readOrder',
  'listOrderEvents',
  'explainOrder',
  'listEvents',
  'streamEvents',
  'streamOrderEvents',
  'requestCancellation',
  'readCancellation',
  'attemptPayment',
  'readClientSecret',
  'requestRefund',
  'listRefunds',
  'readRefund',
] as const;

/** The client's package, as it is in this repository. */
const CLIENT = {
  '@order-processing/client': ['./libs/client/shop-client.ts'],
  '@order-processing/client/*': ['./libs/client/*.ts'],
};

it('docs/integrating.md says what to do with each error a shop can get', () => {
  const documented = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \| (\d{3}) \| \S/gm)].flatMap(
    ([, codes = '', status]) => codes.split(', ').map((code) => [code.replaceAll('`', ''), Number(status)]),
  );
  const codes = [...new Set(OPERATIONS.flatMap(problemsOf))];
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(codes.map((code) => [code, PROBLEMS[code].status])),
  );
});

it('docs/integrating.md has code that compiles', () => {
  const code = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
  const file = resolve('docs/integrating.ts');
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.fileExists = (path) => resolve(path) === file || fileExists(path);
  host.readFile = (path) => (resolve(path) === file ? code : readFile(path));
  // A page shows what it does not use.
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false, paths: CLIENT }, host);
  const faults = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(faults).toEqual([]);
});

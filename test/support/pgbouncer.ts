import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import pg from 'pg';

import { type Child, startChild } from '../../dev/stack/processes/child.js';
import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { freePort } from '../../dev/stack/processes/ports.js';

const NAME = 'pgbouncer';
/** Debian keeps it off the PATH of users. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
/** It refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** A real PgBouncer in transaction mode, with fewer connections than its clients: they share them. */
export class PgBouncer {
  private constructor(
    private readonly child: Child,
    private readonly folder: string,
    /** The database's URL, through here. */
    readonly url: string,
  ) {}

  /** @param settings lines of its configuration besides those it needs */
  static async before(databaseUrl: string, settings: readonly string[] = []): Promise<PgBouncer> {
    const server = new URL(databaseUrl);
    const { username, password, pathname } = server;
    const folder = mkdtempSync(join(tmpdir(), 'order-processing-pgbouncer-'));
    guardFolder(folder);
    chmodSync(folder, 0o755);
    const port = await freePort();
    const users = join(folder, 'users.txt');
    writeFileSync(users, `"${username}" "${password}"\n`);
    const configuration = join(folder, 'pgbouncer.ini');
    const lines = [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      'default_pool_size = 4',
      ...settings,
    ];
    writeFileSync(configuration, `${lines.join('\n')}\n`);
    const child = await startChild({
      name: 'PgBouncer',
      command: executable(),
      args: [configuration],
      user: process.getuid?.() === 0 ? NOBODY : undefined,
      ready: /process up|listening on/,
      // With this signal it ends at once; else it waits for its clients.
      stopSignal: 'SIGTERM',
    });
    const url = new URL(databaseUrl);
    [url.hostname, url.port, url.pathname] = ['127.0.0.1', String(port), pathname];
    return new PgBouncer(child, folder, url.href);
  }

  async stop(): Promise<void> {
    await this.child.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Sets the time-outs where they must be set behind a pooler: on the role, in this database alone. */
export async function limitRole(
  databaseUrl: string,
  limits: Readonly<Record<string, string>>,
): Promise<void> {
  const { username, pathname } = new URL(databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const [name, value] of Object.entries(limits))
      await client.query(`ALTER ROLE ${username} IN DATABASE ${pathname.slice(1)} SET ${name} = '${value}'`);
  } finally {
    await client.end();
  }
}

function executable(): string {
  const found = FOLDERS.map((folder) => join(folder, NAME)).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('These tests need PgBouncer: apt-get install pgbouncer, or brew install pgbouncer.');
  return found;
}

import { ConnectionPool } from '#libs/persistence/database/connection-pool';

/** The first with `uuidv7()`, which the tables' keys are made by. */
const OLDEST = 18;

/** Looks at the server before anything is tried on it. @throws Error for one that is too old */
export async function requireVersion(url: string): Promise<void> {
  const fault = versionFault(await versionOf(url));
  if (fault !== undefined) throw new Error(fault);
}

/** What is wrong with a server's version, in a sentence; undefined for one that will do. */
export function versionFault(version: string): string | undefined {
  if (Number.parseInt(version) >= OLDEST) return undefined;
  return (
    `This needs PostgreSQL ${OLDEST} or newer, and the server of DATABASE_URL is PostgreSQL ${version}: nothing was ` +
    'changed in it. Set DATABASE_URL to a newer one, or leave it out where npm start is to bring its own.'
  );
}

/** Such as `18.4`. */
async function versionOf(url: string): Promise<string> {
  const pool = new ConnectionPool(url, 1);
  try {
    const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version.split(' ')[0] ?? '';
  } finally {
    await pool.end();
  }
}

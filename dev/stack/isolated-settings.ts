import { type LocalSettings, localSettings, PORT_VARIABLES } from './local-settings.js';
import { freePort } from './processes/ports.js';
import { newSecrets } from './secrets.js';

/** What the programs find the system with; nothing else of this environment reaches them. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMPORAL_CLI_PATH', 'XDG_CACHE_HOME'] as const;

/**
 * The settings of `npm start` on free ports, whatever this shell or a `.env` sets.
 *
 * @param changes variables that are set otherwise
 */
export async function isolatedSettings(
  folder: string,
  changes: Readonly<Record<string, string>>,
): Promise<LocalSettings> {
  const ports = await Promise.all(
    PORT_VARIABLES.map(async (name) => [name, String(await freePort())] as const),
  );
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
  const settings = localSettings(
    { ...Object.fromEntries([...inherited, ...ports]), ...changes },
    {
      dataDir: folder,
      ...newSecrets(),
    },
  );
  // The sandbox replaces other companies, which store no files on this machine.
  return { ...settings, variables: { ...settings.variables, SANDBOX_STATE_FILE: undefined } };
}

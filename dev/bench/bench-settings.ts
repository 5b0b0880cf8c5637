import { type LocalSettings, localSettings } from '../stack/local-settings.js';
import { freePort } from '../stack/processes/ports.js';
import { newCarrierSecret, newPaymentSecret } from '../stack/secrets.js';

const PORTS = ['API_PORT', 'SANDBOX_PORT', 'POSTGRES_PORT', 'TEMPORAL_PORT', 'SMTP_PORT'] as const;

/** What the programs find themselves on the system with; nothing else of this environment reaches them. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR'] as const;

/** Parcels arrive at once: an order's cost is measured, not its patience. All else is as `npm start` has it. */
const SANDBOX_DELIVERY_AFTER = '0s';

/** The load comes from one service. */
const RATE_LIMIT = '100000';

/** The settings of `npm start` on free ports, whatever this shell or a `.env` says. @param folder for what it keeps */
export async function benchSettings(folder: string): Promise<LocalSettings> {
  const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const));
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
  const settings = localSettings(
    { ...Object.fromEntries([...inherited, ...ports]), SANDBOX_DELIVERY_AFTER, RATE_LIMIT },
    { dataDir: folder, carrierSecret: newCarrierSecret(), paymentSecret: newPaymentSecret() },
  );
  // The sandbox stands for the world, which keeps no files on this machine.
  return { ...settings, variables: { ...settings.variables, SANDBOX_STATE_FILE: undefined } };
}
